"""Users, memberships, roles, API tokens, tenant resolution, audit trail."""
