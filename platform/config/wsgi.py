import gc
import os

from django.core.wsgi import get_wsgi_application

from config.memory import keep_lean

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
keep_lean()

# An answer of 2,000 rows makes some thousand lists, and each generation of garbage that this begins looks through all
# of Django again: that doubled the time of decoding. What is loaded stays; young garbage is collected less often.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
