"""HTTP in and out of access."""
