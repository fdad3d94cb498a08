"""Windows that ask or tell, and the two bars of the main window: one module for each."""
