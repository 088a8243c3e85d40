"""Driver `helm`: `charts/tenantstack`, installed by Helm's own SDK."""
