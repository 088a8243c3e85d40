from django.urls import URLPattern

from alarms.http import openapi, rules_openapi

urlpatterns: list[URLPattern] = []

openapi.declare()
rules_openapi.declare()
