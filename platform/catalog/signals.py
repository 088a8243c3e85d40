"""Signals to packages above the catalog, which it does not import."""

from django.dispatch import Signal

# Sent before documents are deleted: tenant (TenantConnection), site (id), removed ({kind: [ids]}). Receivers remove
# samples, latest values or drawings of them first, so that a killed delete can be repeated. A receiver that raises
# aborts the delete.
removing = Signal()

# Sent with the same arguments once the documents are gone: what was stored or queued of them in the meantime goes too.
removed = Signal()
