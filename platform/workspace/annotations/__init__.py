"""Annotations: what people note about a sensor, an asset or a schematic, at a moment or over a range."""
