"""Driver `helm`: installs `charts/tenantstack` with Helm's SDK."""
