"""Messages to Celery's workers. Celery is loaded with the first one: most processes that may send some never do."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings

from kernel.errors import Unavailable


def send(task: str, *args: Any, **options: Any) -> None:
    """Queue a task by its name. `options`: Celery's. Raises Unavailable if the broker does not take it."""
    from kombu.exceptions import OperationalError

    try:
        import_module(settings.TASK_APP).app.signature(task, args).apply_async(**options)
    except OperationalError as error:
        raise Unavailable("No worker can be notified at present; try again soon.") from error
