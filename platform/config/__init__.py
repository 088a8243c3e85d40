"""The one place that wires the parts together and reads the environment."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
