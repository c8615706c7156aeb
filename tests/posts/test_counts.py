"""S3: open, places, claimed, taken up, on any day."""

from datetime import date, timedelta

from guangcai.commitments.enums import EndReason
from guangcai.posts import commands
from guangcai.posts.queries.counts import PostCount, count_posts
from guangcai.reports.statistics import Question, figures

DAY = timedelta(days=1)


def test_posts_by_kind_and_community_as_of_a_day(cast, make_post, neighbours, desk, now, queries):
    first, second = make_post(places=3, title="甲"), make_post(places=1, title="乙")
    people = neighbours(4)
    claims = [commands.claim_post(post=first, member=m, by=a, now=now) for m, a in people[:2]]
    full = commands.claim_post(post=second, member=people[2][0], by=people[2][1], now=now)
    commands.claim_post(post=second, member=people[3][0], by=people[3][1], now=now)  # waits, has no place
    commands.confirm_claim(claim=full, by=desk, now=now)
    commands.take_up(claim=full, by=people[2][1], now=now)
    paths, today = [cast.street.path], date(2026, 11, 20)
    with queries() as seen:
        found = count_posts(paths=paths, by=("kind", "community"), on=today)
    assert found == {("治安巡逻岗", "南园社区"): PostCount(2, 4, 3, 1)}
    assert found["治安巡逻岗", "南园社区"].rate == 75.0
    assert len(seen) == 2
    # The day before there was nothing; what ends later counted today.
    assert count_posts(paths=paths, by=("kind",), on=today - DAY) == {}
    later = now + DAY
    commands.end_claim(claim=claims[0], reason=EndReason.NO_TIME, note="", by=people[0][1], now=later)
    assert count_posts(paths=paths, by=("kind",), on=today)[("治安巡逻岗",)].claimed == 3
    assert count_posts(paths=paths, by=("kind",), on=today + DAY)[("治安巡逻岗",)].claimed == 2
    assert count_posts(paths=[cast.other_street.path], by=("kind",), on=today) == {}


def test_the_statistic_of_posts(cast, make_post):
    make_post(places=2)
    answer = figures("posts", Question(node=cast.street, by=("community",), on=date(2026, 11, 20)))
    assert answer.rows == [{"community": "南园社区", "count": 1, "places": 2, "claimed": 0, "taken_up": 0, "rate": 0.0}]
    assert answer.measures == ("count", "places", "claimed", "taken_up", "rate")
