"""The HTTP API of access."""
