"""Fields say what they hold. Columns keep their names: web processes of the previous release still read them."""

from __future__ import annotations

from django.db import migrations, models

NAMES = {
    "tenant": "encrypted_secrets",
    "cluster": "encrypted_kubeconfig",
    "archivekey": "encrypted_key",
    "podaccount": "encrypted_credentials",
}
EMPTY = {"tenant": {"blank": True, "default": ""}}


class Migration(migrations.Migration):
    dependencies = [("tenants", "0012_pod_accounts")]

    operations = [
        operation
        for model, name in NAMES.items()
        for operation in (
            migrations.AlterField(model, "sealed", models.TextField(db_column="sealed", **EMPTY.get(model, {}))),
            migrations.RenameField(model, "sealed", name),
        )
    ]
