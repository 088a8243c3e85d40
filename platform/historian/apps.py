from django.apps import AppConfig


class HistorianConfig(AppConfig):
    name = "historian"

    def ready(self) -> None:
        from catalog.signals import removing
        from historian.forgetting import forget
        from historian.schema import declare

        declare()
        removing.connect(forget, dispatch_uid="historian")
