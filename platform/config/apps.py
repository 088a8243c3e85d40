from django.apps import AppConfig

from kernel.structs import resolve_structs


class ConfigApp(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import wiring

        wiring.connect()
        resolve_structs()
