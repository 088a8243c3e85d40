import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0011_archive_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="PodAccount",
            fields=[
                (
                    "tenant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="pod_account",
                        serialize=False,
                        to="tenants.tenant",
                    ),
                ),
                ("sealed", models.TextField()),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
