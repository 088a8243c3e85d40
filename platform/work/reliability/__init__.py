"""MTBF and MTTR from cases."""
