from django.urls import path

from ingest.corrections import openapi as corrections_openapi
from ingest.corrections import views as corrections
from ingest.dead_letters import openapi as dead_letters_openapi
from ingest.dead_letters import views as dead_letters
from ingest.imports import openapi as imports_openapi
from ingest.imports import views as imports
from ingest.sources.registry import SOURCES

urlpatterns = [
    *(pattern for source in SOURCES for pattern in source.urlpatterns),
    path("api/v1/imports", imports.imports, name="imports"),
    path("api/v1/imports/<str:id>", imports.one, name="import"),
    path("api/v1/imports/<str:id>/start", imports.start, name="import-start"),
    path("api/v1/imports/<str:id>/cancel", imports.cancel, name="import-cancel"),
    path("api/v1/imports/<str:id>/ranges", imports.ranges, name="import-ranges"),
    path("api/v1/imports/<str:id>/undo", corrections.undo_import, name="import-undo"),
    path("api/v1/corrections", corrections.corrections, name="corrections"),
    path("api/v1/corrections/<str:id>", corrections.one, name="correction"),
    path("api/v1/corrections/<str:id>/start", corrections.start, name="correction-start"),
    path("api/v1/corrections/<str:id>/cancel", corrections.cancel, name="correction-cancel"),
    path("api/v1/corrections/<str:id>/undo", corrections.undo, name="correction-undo"),
    path("api/v1/deadletters", dead_letters.dead_letters, name="deadletters"),
    path("api/v1/deadletters/replay", dead_letters.replay_many, name="deadletters-replay"),
    path("api/v1/deadletters/<str:id>", dead_letters.one, name="deadletter"),
    path("api/v1/deadletters/<str:id>/replay", dead_letters.replay, name="deadletter-replay"),
]

for source in SOURCES:
    source.describe()
imports_openapi.describe_all()
corrections_openapi.describe_all()
dead_letters_openapi.describe_all()
