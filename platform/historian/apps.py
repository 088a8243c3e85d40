from django.apps import AppConfig


class HistorianConfig(AppConfig):
    name = "historian"

    def ready(self) -> None:
        from catalog.signals import removed, removing
        from historian.http import openapi
        from historian.retention.deletion import forget, forget_arriving

        openapi.declare()
        removing.connect(forget, dispatch_uid="historian")
        removed.connect(forget_arriving, dispatch_uid="historian")
