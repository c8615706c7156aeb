"""志愿者工作室: volunteers receive residents at set hours; tickets, the hall's screen, notes that are cases.

May import: activities, cases, places, commitments and below.
"""

from django.apps import AppConfig


class StudiosConfig(AppConfig):
    name = "guangcai.studios"
    label = "studios"

    def ready(self) -> None:
        from guangcai.activities import hooks
        from guangcai.commitments import shown
        from guangcai.core import kinds, notify
        from guangcai.core.enums import Channel
        from guangcai.members import timeline
        from guangcai.orgs import followers
        from guangcai.places import openings
        from guangcai.studios import notices
        from guangcai.studios.commands import movers  # registers too how the roster follows a merge of two records
        from guangcai.studios.commands.rota import check_on_rota
        from guangcai.studios.commands.tickets import tell_called_off
        from guangcai.studios.lists import LISTS
        from guangcai.studios.queries import life
        from guangcai.studios.queries.studios import openings_at

        followers.follow_end(movers.release_host)
        kinds.declare(*LISTS)
        notices.declare_templates()
        notify.reached_by(Channel.SMS, notices.phone_of)
        hooks.checked_by(check_on_rota)
        hooks.followed_by(tell_called_off)
        openings.provide(openings_at)
        timeline.provide(life.timeline_of)
        shown.provide(life.shown_of)
