"""The sources of samples: one folder per source, listed in `registry.py`."""
