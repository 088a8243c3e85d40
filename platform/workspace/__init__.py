"""What people keep and share: annotations, saved views of trends, dashboards (ADR 0089)."""
