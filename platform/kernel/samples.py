"""The quality of a sample, as it is stored beside its value."""

GOOD, UNCERTAIN, BAD = 0, 1, 2
