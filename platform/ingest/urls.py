from django.urls import path

from ingest.corrections import openapi as corrections_openapi
from ingest.corrections import views as corrections
from ingest.dead_letters import openapi as dead_letters_openapi
from ingest.dead_letters import views as dead_letters
from ingest.devices import openapi as devices_openapi
from ingest.devices import own_views as own_devices
from ingest.devices import views as devices
from ingest.events import openapi as events_openapi
from ingest.events import type_views as event_types
from ingest.events import views as events
from ingest.flow import openapi as flow_openapi
from ingest.flow import views as flow
from ingest.imports import openapi as imports_openapi
from ingest.imports import views as imports
from ingest.mapping_admin import openapi as mapping_openapi
from ingest.mapping_admin import views as mapping
from ingest.series import openapi as series_openapi
from ingest.series import views as series
from ingest.source_admin import openapi as sources_openapi
from ingest.source_admin import views as sources
from ingest.sources.registry import SOURCES

urlpatterns = [
    *(pattern for source in SOURCES for pattern in source.urlpatterns),
    path("api/v1/events/<str:id>", events.one, name="event"),
    path("api/v1/events/<str:id>/attachments/<str:name>", events.attachment, name="event-attachment"),
    path("api/v1/event-retention", events.event_retention, name="event-retention"),
    path("api/v1/event-types", event_types.event_types, name="event-types"),
    path("api/v1/event-types/<str:type>", event_types.event_type, name="event-type"),
    path("api/v1/event-types/<str:type>/versions", event_types.versions, name="event-type-versions"),
    path("api/v1/event-types/<str:type>/versions/<str:version>", event_types.version, name="event-type-version"),
    path("api/v1/event-types/<str:type>/proposal", event_types.proposal, name="event-type-proposal"),
    path("api/v1/event-types/<str:type>/overflow", event_types.overflow, name="event-type-overflow"),
    path("api/v1/event-types/<str:type>/replay", event_types.replay, name="event-type-replay"),
    path("api/v1/event-tables", event_types.event_tables, name="event-tables"),
    path("api/v1/event-tables/<str:name>/rows", event_types.event_table_rows, name="event-table-rows"),
    path("api/v1/event-tables/<str:name>", event_types.event_table, name="event-table"),
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
    path("api/v1/flow", flow.flow, name="flow"),
    path("api/v1/series", series.series, name="series"),
    path("api/v1/sources", sources.collection, name="sources"),
    path("api/v1/sources/<str:id>", sources.document, name="source"),
    path("api/v1/mapping", mapping.mapping, name="mapping"),
    path("api/v1/mapping/test", mapping.test, name="mapping-test"),
    path("api/v1/mapping/replay", mapping.replay, name="mapping-replay"),
    path("api/v1/sensors/<str:id>/suggestions", mapping.suggestions, name="sensor-suggestions"),
    path("api/v1/devices", devices.device_list, name="devices"),
    path("api/v1/devices/<str:id>", devices.device, name="device"),
    path("api/v1/devices/<str:id>/commands", devices.device_commands, name="device-commands"),
    path("api/v1/devices/<str:id>/facts", devices.facts, name="device-facts"),
    path("api/v1/commands/<str:id>", devices.command, name="command"),
    path("api/v1/commands/<str:id>/cancel", devices.cancel, name="command-cancel"),
    path("api/v1/device/heartbeat", own_devices.heartbeat, name="own-heartbeat"),
    path("api/v1/device/commands", own_devices.own_commands, name="own-commands"),
    path("api/v1/device/commands/take", own_devices.take, name="own-commands-take"),
    path("api/v1/device/commands/<str:id>/acknowledge", own_devices.acknowledge, name="own-command-acknowledge"),
    path("api/v1/device/facts", own_devices.facts, name="own-facts"),
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
mapping_openapi.describe_all()
flow_openapi.describe_all()
series_openapi.describe_all()
sources_openapi.describe_all()
events_openapi.describe_all()
devices_openapi.describe_all()
