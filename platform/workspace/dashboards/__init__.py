"""Dashboards: tiles on a grid."""
