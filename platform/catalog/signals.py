"""What the catalog tells those above it, whom it does not know."""

from django.dispatch import Signal

# Before documents are deleted: tenant (TenantConnection), site (id), removed ({kind: [ids]}). Those who keep samples,
# latest values or drawings of them remove those first, so that a killed delete can be repeated. A receiver that raises
# stops the delete.
removing = Signal()
