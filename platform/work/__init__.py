"""Work on the plant: service cases, maintenance plans, retrofit campaigns, and reliability figures (ADR 94)."""
