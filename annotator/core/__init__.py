"""What the program is about: pure Python, without Qt, SQL or files."""
