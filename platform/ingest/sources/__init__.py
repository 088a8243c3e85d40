"""Where samples come from: one folder per source. `sources/listed.py` names them."""
