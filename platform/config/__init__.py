"""Wiring: the one place that connects the packages and reads the environment."""
