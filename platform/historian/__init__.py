"""Samples: reading them raw, the best points of a range, values as of a moment, playback."""
