"""岗位: posts, who claims them and who takes them up.

May import: commitments and below.
"""

from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "guangcai.posts"
    label = "posts"

    def ready(self) -> None:
        from guangcai.commitments import shown, sources
        from guangcai.members import timeline
        from guangcai.posts import notices
        from guangcai.posts.commands import movers  # registers how claims follow a merge of two records
        from guangcai.posts.commands.work import SOURCE
        from guangcai.posts.models import PostClaim
        from guangcai.posts.queries import life

        assert movers
        notices.declare_templates()
        sources.provide(SOURCE, PostClaim)
        timeline.provide(life.timeline_of)
        shown.provide(life.shown_of)
