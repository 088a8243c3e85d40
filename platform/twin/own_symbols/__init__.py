"""A tenant's own symbols, rebuilt from uploaded SVG (ADR 82)."""
