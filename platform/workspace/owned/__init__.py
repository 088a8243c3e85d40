"""What one person keeps, or shares with everybody in the tenant: saved views and dashboards."""
