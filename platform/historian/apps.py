from django.apps import AppConfig


class HistorianConfig(AppConfig):
    name = "historian"

    def ready(self) -> None:
        from historian.schema import declare

        declare()
