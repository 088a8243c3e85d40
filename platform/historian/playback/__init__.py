"""The values of many sensors at evenly spaced moments."""
