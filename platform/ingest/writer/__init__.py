"""Moves samples from the queue to InfluxDB: one process for all tenants, or a tenant's own."""
