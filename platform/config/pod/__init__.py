"""A process of one tenant's own: what of the platform it is, and whom it asks for the rest (ADR 0040)."""
