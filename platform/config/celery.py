"""Celery: messages only wake workers; the stores are authoritative."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")  # Django's checks import every view, and workers serve none

app = Celery("plantrace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
