from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "guangcai.portal"
    label = "portal"

    def ready(self) -> None:
        from guangcai.core import matters
        from guangcai.core.navigation import provide
        from guangcai.portal import navigation
        from guangcai.portal.queries import matters as told

        matters.tell(told.KIND, told.TELLER)
        provide(items=navigation.items, place=navigation.place, search_url=navigation.search_url)
