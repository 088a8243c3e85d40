from django.urls import path

from alarms.http import (
    backtest_views,
    external_views,
    journal_views,
    openapi,
    performance_views,
    rule_views,
    rules_openapi,
    settings_views,
    sink_views,
    sinks_openapi,
    views,
    yaml_views,
)

urlpatterns = [
    path("api/v1/alarms", views.listed, name="alarms"),
    path("api/v1/alarms/acknowledge", views.acknowledge, name="alarms-acknowledge"),
    path("api/v1/alarms/shelve", views.shelve, name="alarms-shelve"),
    path("api/v1/alarms/unshelve", views.unshelve, name="alarms-unshelve"),
    path("api/v1/alarms/reset", views.reset, name="alarms-reset"),
    path("api/v1/alarms/out-of-service", views.out_of_service, name="alarms-out-of-service"),
    path("api/v1/alarms/in-service", views.in_service, name="alarms-in-service"),
    path("api/v1/alarms/note", views.note, name="alarms-note"),
    path("api/v1/alarms/performance", performance_views.figures, name="alarm-performance"),
    path("api/v1/alarms/performance/proposal", backtest_views.proposal, name="alarm-proposal"),
    path("api/v1/alarms/performance/apply", backtest_views.apply, name="alarm-proposal-apply"),
    path("api/v1/journal", journal_views.listed, name="journal"),
    path("api/v1/rules", rule_views.many, name="rules"),
    path("api/v1/rules/limits", backtest_views.limits, name="rule-limits"),
    path("api/v1/rules/backtest", backtest_views.backtest, name="rule-backtest"),
    path("api/v1/rules/yaml", yaml_views.rules, name="rules-yaml"),
    path("api/v1/rules/<str:id>", rule_views.one, name="rule"),
    path("api/v1/rules/<str:id>/versions", rule_views.versions, name="rule-versions"),
    path("api/v1/alarm-settings", settings_views.alarm_settings, name="alarm-settings"),
    path("api/v1/alarm-sinks", sink_views.many, name="alarm-sinks"),
    path("api/v1/alarm-sinks/<str:id>", sink_views.one, name="alarm-sink"),
    path("api/v1/alarm-sinks/<str:id>/test", sink_views.test, name="alarm-sink-test"),
    path("api/v1/alertmanager", external_views.receive, name="alertmanager"),
]

rules_openapi.declare()
openapi.declare()
sinks_openapi.declare()
