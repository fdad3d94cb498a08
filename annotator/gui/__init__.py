"""The window, and the only code that knows Qt: it shows what the core and the store hold, and sends commands back."""
