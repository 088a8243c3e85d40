"""Drawings in and out as DEXPI: ISO 15926's exchange of P&IDs, as Proteus XML (ADR 91)."""
