"""Stored kubeconfigs are built again from what is allowed in them; what does not pass is disabled, and not kept."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from kernel.errors import BadRequest, Unavailable
from tenants import crypto
from tenants.drivers.kubernetes.kubeconfig import parse_kubeconfig


def rebuild(apps: Any, schema_editor: Any) -> None:
    Cluster = apps.get_model("tenants", "Cluster")
    for cluster in Cluster.objects.exclude(sealed=""):
        try:
            rebuilt = parse_kubeconfig(crypto.decrypt(cluster.sealed).decode())
        except Unavailable:
            continue  # no key of ours opens it: the list says so, and it is built again when one does
        except (BadRequest, UnicodeDecodeError) as error:
            reason = error.detail if isinstance(error, BadRequest) else "kubeconfig is no text."
            cluster.sealed, cluster.error = "", f"{reason} Give the cluster another one."
        else:
            cluster.sealed, cluster.server = crypto.encrypt(rebuilt.as_json().encode()), rebuilt.server
        cluster.save(update_fields=["sealed", "server", "error"])


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0009_backup_attempts"),
    ]

    operations = [
        migrations.AddField(
            model_name="cluster",
            name="error",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.RunPython(rebuild, migrations.RunPython.noop),
    ]
