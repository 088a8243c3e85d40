"""Driver `local`: one influxd for each tenant, under this installation's supervisor."""
