from django.apps import AppConfig


class HistorianConfig(AppConfig):
    name = "historian"

    def ready(self) -> None:
        from catalog.signals import removing
        from historian.http import openapi
        from historian.retention.deletion import forget

        openapi.declare()
        removing.connect(forget, dispatch_uid="historian")
