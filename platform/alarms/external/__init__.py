"""Alerts of other systems in the same list: Alertmanager's webhook."""
