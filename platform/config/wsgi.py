import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

from config.memory import keep_lean
from web.headers import with_plain_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = with_plain_headers(get_wsgi_application())
keep_lean()

# An answer of 2,000 rows makes some thousand lists, and each generation of garbage that this begins looks through all
# of Django again: that doubled the time of decoding. What is loaded stays; young garbage is collected less often.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)

# A request gives up the interpreter at each of its stores, and gets it back from a thread that computes only after this
# time: at Python's 5 ms, four such waits doubled what others' requests took beside one tenant's percentiles.
sys.setswitchinterval(0.0005)
