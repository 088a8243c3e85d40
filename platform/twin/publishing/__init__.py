"""Publishing a drawing: a new version, and the assets and connections that it shows (ADR 81)."""
