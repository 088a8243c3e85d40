"""Tables of text into samples of sensors, by the mapping."""
