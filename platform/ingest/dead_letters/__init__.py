"""What could not be stored: engineers read it, replay it, corrected or as it is, and remove it (ADR 0064)."""
