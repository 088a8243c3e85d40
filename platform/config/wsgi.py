import gc
import os
import sys

import django
from django.urls import get_resolver

from config.memory import start_trimming
from kernel.structs import resolve_structs
from web.handler import Handler
from web.headers import with_plain_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

application = with_plain_headers(Handler())
get_resolver().url_patterns  # noqa: B018  # loads all views now, not with the first request
resolve_structs()

# Decoding 2,000 rows allocates thousands of lists, which triggers collections that traverse all of Django and doubled
# the decoding time. So everything loaded so far is frozen, and young objects are collected less often.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)


def post_fork() -> None:
    """Runs in each worker: threads do not survive a fork."""
    start_trimming()


# A request releases the GIL at each store access and gets it back from a computing thread only after this interval. At
# Python's default of 5 ms, four such waits doubled the latency of other requests while one tenant's percentiles ran.
sys.setswitchinterval(0.0005)
