"""What others may want to know of a tenant's life."""

from __future__ import annotations

from django.dispatch import Signal

# Sent once the change is committed. Arguments: tenant_id, slug, state (the new one; `deleted` when it is gone).
tenant_changed = Signal()
