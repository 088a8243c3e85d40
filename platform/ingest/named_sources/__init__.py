"""Sources that a tenant has named: which senders they are, and whether what these send is taken (ADR 0076)."""
