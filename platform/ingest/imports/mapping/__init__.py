"""The mapping: which column is which sensor, and how its cells are read."""
