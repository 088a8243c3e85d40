from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0014_catalog_limits"),
    ]

    operations = [
        migrations.AddField("usage", "dead_letters", models.BigIntegerField(default=0)),
        migrations.AddField("usage", "dead_letters_dropped", models.BigIntegerField(default=0)),
    ]
