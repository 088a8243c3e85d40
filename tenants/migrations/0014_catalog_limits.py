"""A catalog has limits of its own. Who may have more sensors than usual gets more of these, in proportion."""

from __future__ import annotations

from typing import Any

from django.db import migrations

SENSORS, DOCUMENTS, BYTES = 20_000, 50_000, 32 << 20  # the usual ones


def extend(apps: Any, schema_editor: Any) -> None:
    for tenant in apps.get_model("tenants", "Tenant").objects.all():
        sensors = tenant.limits.get("sensors", SENSORS)
        if sensors > SENSORS and "catalog_documents" not in tenant.limits:
            more = {"catalog_documents": DOCUMENTS * sensors // SENSORS, "catalog_bytes": BYTES * sensors // SENSORS}
            tenant.limits = {**tenant.limits, **more}
            tenant.save(update_fields=["limits"])


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0013_encrypted_fields"),
    ]

    operations = [
        migrations.RunPython(extend, migrations.RunPython.noop),
    ]
