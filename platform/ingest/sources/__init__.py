"""Where samples come from: one folder per source, named in `registry.py`."""
