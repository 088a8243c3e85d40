"""Campaigns: retrofits of all devices that a query finds."""
