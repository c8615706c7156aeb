from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "guangcai.orgs"
    label = "orgs"

    def ready(self) -> None:
        from guangcai.accounts import kiosk
        from guangcai.orgs.queries.kiosks import kiosk_places

        kiosk.provide_places(kiosk_places)
