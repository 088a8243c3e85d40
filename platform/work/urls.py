from django.urls import path

from work.http import campaign_views, case_views, openapi, plan_views, planning_openapi, reliability_views

urlpatterns = [
    path("api/v1/cases", case_views.cases, name="cases"),
    path("api/v1/cases/people", case_views.people, name="case-people"),
    path("api/v1/cases/<str:id>", case_views.case, name="case"),
    path("api/v1/cases/<str:id>/notes", case_views.case_notes, name="case-notes"),
    path("api/v1/cases/<str:id>/files", case_views.case_files, name="case-files"),
    path("api/v1/cases/<str:id>/files/<str:file>", case_views.case_file, name="case-file"),
    path("api/v1/maintenance-plans", plan_views.plans, name="maintenance-plans"),
    path("api/v1/maintenance-plans/<str:id>", plan_views.plan, name="maintenance-plan"),
    path("api/v1/campaigns", campaign_views.campaigns, name="campaigns"),
    path("api/v1/campaigns/<str:id>", campaign_views.campaign, name="campaign"),
    path("api/v1/campaigns/<str:id>/devices", campaign_views.devices, name="campaign-devices"),
    path("api/v1/campaigns/<str:id>/cases", campaign_views.cases, name="campaign-cases"),
    path("api/v1/reliability", reliability_views.reliability, name="reliability"),
]

openapi.declare()
planning_openapi.declare()
