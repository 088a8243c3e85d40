from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_session_generation"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="device",
            field=models.CharField(blank=True, db_index=True, default="", max_length=11),
        ),
    ]
