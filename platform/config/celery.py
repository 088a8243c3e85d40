"""Celery: messages only wake workers; the stores are authoritative."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("plantrace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
