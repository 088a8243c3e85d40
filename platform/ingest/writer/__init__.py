"""From the stream into InfluxDB: one process for all tenants."""
