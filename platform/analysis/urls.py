from django.urls import path

from analysis.calculated import openapi as calculated_openapi
from analysis.calculated import views as calculated
from analysis.runs import openapi as runs_openapi
from analysis.runs import views as runs
from analysis.totals import openapi as totals_openapi
from analysis.totals import views as totals

urlpatterns = [
    path("api/v1/sensors/<str:id>/totals", totals.totals, name="totals"),
    path("api/v1/calculated", calculated.many, name="calculated"),
    path("api/v1/calculated/check", calculated.check, name="calculated-check"),
    path("api/v1/calculated/<str:id>", calculated.one, name="calculated-one"),
    path("api/v1/calculated/<str:id>/samples", calculated.samples, name="calculated-samples"),
    path("api/v1/run-definitions", runs.many, name="run-definitions"),
    path("api/v1/run-definitions/<str:id>", runs.one, name="run-definition"),
    path("api/v1/run-definitions/<str:id>/runs", runs.runs, name="runs"),
    path("api/v1/run-definitions/<str:id>/marks", runs.mark, name="run-marks"),
    path("api/v1/run-definitions/<str:runs>/marks/<str:id>", runs.unmark, name="run-mark"),
    path("api/v1/runs/overlay", runs.overlay, name="runs-overlay"),
]

totals_openapi.declare()
calculated_openapi.declare()
runs_openapi.declare()
