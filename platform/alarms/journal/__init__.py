"""The journal: what each alarm did, in the tenant's InfluxDB."""
