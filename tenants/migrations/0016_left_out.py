from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0015_dead_letters"),
    ]

    operations = [
        migrations.AddField("usage", "left_out", models.BigIntegerField(default=0)),
    ]
