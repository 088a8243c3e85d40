"""The quality of a sample, as it is stored with its value."""

GOOD, UNCERTAIN, BAD = 0, 1, 2
