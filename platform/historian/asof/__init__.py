"""The value of each sensor as of a moment."""
