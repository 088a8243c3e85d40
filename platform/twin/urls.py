from django.urls import path

from twin import openapi, views
from twin.bookmarks import openapi as bookmarks_openapi
from twin.bookmarks import views as bookmarks
from twin.dexpi import openapi as dexpi_openapi
from twin.dexpi import views as dexpi
from twin.drafts import openapi as drafts_openapi
from twin.drafts import views as drafts
from twin.own_symbols import openapi as own_openapi
from twin.own_symbols import views as own_symbols
from twin.publishing import openapi as publishing_openapi
from twin.publishing import views as publishing
from twin.scans import openapi as scans_openapi
from twin.scans import views as scans
from twin.templates import openapi as templates_openapi
from twin.templates import views as templates

urlpatterns = [
    path("api/v1/bookmarks", bookmarks.bookmarks, name="bookmarks"),
    path("api/v1/bookmarks/<str:id>", bookmarks.bookmark, name="bookmark"),
    path("api/v1/schematics", views.schematics, name="schematics"),
    path("api/v1/schematics/drafts", drafts.all_drafts, name="drafts"),  # before `{id}`, which would match it
    path("api/v1/schematics/dexpi/import", dexpi.import_drawing, name="dexpi-import"),
    path("api/v1/schematics/dexpi/export", dexpi.export_drawing, name="dexpi-export"),
    path("api/v1/schematics/scans", scans.scans, name="scans"),
    path("api/v1/schematics/scans/<str:id>", scans.scan, name="scan"),
    path("api/v1/schematics/<str:id>", views.schematic, name="schematic"),
    path("api/v1/schematics/<str:id>/draft", drafts.draft, name="schematic-draft"),
    path("api/v1/schematics/<str:id>/drafts", drafts.drafts, name="schematic-drafts"),
    path("api/v1/schematics/<str:id>/preview", publishing.preview, name="schematic-preview"),
    path("api/v1/schematics/<str:id>/publish", publishing.publish, name="schematic-publish"),
    path("api/v1/schematics/<str:id>/frame", views.frame, name="schematic-frame"),
    path("api/v1/schematic-templates", templates.templates, name="schematic-templates"),
    path("api/v1/schematic-templates/<str:id>", templates.template, name="schematic-template"),
    path("api/v1/symbols", own_symbols.symbols, name="symbols"),
    path("api/v1/symbols/<str:id>", own_symbols.symbol, name="symbol"),
    path("api/v1/schematics/<str:id>/playback", views.playback, name="schematic-playback"),
]

openapi.describe_all()
bookmarks_openapi.describe_all()
drafts_openapi.describe_all()
publishing_openapi.describe_all()
own_openapi.describe_all()
dexpi_openapi.describe_all()
scans_openapi.describe_all()
templates_openapi.describe_all()
