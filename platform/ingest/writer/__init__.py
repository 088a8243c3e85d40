"""From the queue into InfluxDB: one process for all tenants, or one of a tenant's own."""
