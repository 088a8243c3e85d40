"""Wiring: the one place that connects the packages and reads the environment."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
