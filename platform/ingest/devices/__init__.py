"""Devices: their registry, states, commands, and what the platform knows about each."""
