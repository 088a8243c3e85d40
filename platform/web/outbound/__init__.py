"""Requests to addresses that users give, such as webhooks (ADR 93)."""
