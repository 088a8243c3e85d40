"""What our management commands and Celery have in common. supervisord loads it and forks them (`runtime.supervisord`).

Nothing here may start a thread, connect or take a lock: a fork would leave it behind.
"""

from __future__ import annotations

import gc
import os
import runpy
from importlib import import_module
from pathlib import Path
from typing import Any

import celery
import django
from django.conf import settings
from django.utils.log import configure_logging

from kernel.structs import resolve_structs
from runtime.home import PROJECT

SETTINGS = Path(__file__).with_name("settings.py")
SOURCES = (PROJECT / "platform", PROJECT / "tenants", PROJECT / "demo")
PACKAGES = Path(celery.__file__).parents[1]  # changes when one is installed or replaced
MODULES = (
    "django.db.backends.sqlite3.base",
    "celery.apps.beat",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "celery.concurrency.solo",
    "celery.worker.consumer",
    "kombu.transport.redis",
    "alarms.management.commands.alarm_evaluator",
    "alarms.management.commands.alarm_notifier",
    "historian.management.commands.ladder_worker",
    "ingest.management.commands.ingest_writer",
)


def is_current() -> bool:
    """Whether another process would find the same code and settings now. The log goes to this process's stderr."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    return (_settings(), _changed()) == LOADED


def _settings() -> dict[str, Any]:
    return {name: value for name, value in runpy.run_path(str(SETTINGS)).items() if name.isupper()}


def _changed() -> int:
    """When our newest module, or a package, was last changed, in nanoseconds."""
    modules = (path for folder in SOURCES for path in folder.rglob("*.py"))
    return max(path.stat().st_mtime_ns for path in (PACKAGES, *modules))


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
LOADED = (_settings(), _changed())  # before the modules, which may change meanwhile
django.setup(set_prefix=False)
import_module("config.celery").app.loader.import_default_modules()
for module in MODULES:
    import_module(module)
resolve_structs()
gc.collect()
gc.freeze()
