from django.apps import AppConfig


class HistorianConfig(AppConfig):
    name = "historian"

    def ready(self) -> None:
        from catalog.signals import removing
        from historian import keeping_schema, schema
        from historian.forgetting import forget

        schema.declare()
        keeping_schema.declare()
        removing.connect(forget, dispatch_uid="historian")
