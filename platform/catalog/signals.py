"""Signals to packages above the catalog, which it does not import."""

from django.dispatch import Signal

# Sent before documents are deleted: tenant (TenantConnection), site (id), removed ({kind: [ids]}). Receivers remove
# samples and latest values of them first, so that a killed delete can be repeated. A receiver that raises aborts the
# delete, and it may be refused afterwards: what cannot be had again is removed once the documents are gone.
removing = Signal()

# Sent with the same arguments once the documents are gone: drawings go, and what was stored or queued in the meantime.
# Receivers may be called again: those that fail, and all when the process is killed before the last one (`removals`).
removed = Signal()
