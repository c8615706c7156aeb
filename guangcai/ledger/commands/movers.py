"""How the ledger follows when two records of one person become one (members.merging).

Entries, postings and certificates simply move (the triggers let exactly that through). Spans move unless both records
were serving at the same time, or on one day longer than the daily limit: then what is in the way is named. The roll-up
is computed again.
"""

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _

from guangcai.core.errors import RuleBroken
from guangcai.core.units import hours
from guangcai.ledger.commands.totals import keep_year_totals
from guangcai.ledger.models import Posting, ServiceEntry, ServiceSpan, YearTotal
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.orgs.policies import DailyLimit, in_force_at


@merging.mover("ledger.yeartotal.member")
def year_totals(merge: Merge) -> int:
    """Drop the gone record's totals and add up the kept one's again."""
    gone = YearTotal.objects.filter(member=merge.gone)
    years = list(gone.values_list("year", flat=True))
    gone.delete()
    # Whatever has not moved yet is moved here, so that the sums do not depend on the order of relations.
    Posting.objects.filter(member=merge.gone).update(member=merge.kept)
    keep_year_totals((merge.kept, year) for year in years)
    return len(years)


@merging.mover("ledger.servicespan.member")
def spans(merge: Merge) -> int:
    """Nobody is in two places at once: raises RuleBroken naming the first service whose time both claim."""
    moving = ServiceSpan.objects.filter(member=merge.gone)
    same_time = ServiceSpan.objects.filter(member=merge.kept, during__overlap=OuterRef("during"))
    clash = moving.filter(Exists(same_time)).select_related("entry").order_by("during", "pk").first()
    if clash is not None:
        raise RuleBroken(
            _(
                "Both records have confirmed hours at the same time: “%(name)s” on %(day)s is one of them. "
                "The secretary reverses the wrong one; then merge again."
            )
            % {"name": clash.entry.activity_name, "day": clash.entry.served_on.isoformat()},
            code="merge_in_the_way",
        )
    _check_days(merge)
    return moving.update(member=merge.kept)


def _check_days(merge: Merge) -> None:
    """Raises RuleBroken naming the first day on which both served, and together longer than anybody may (I7)."""
    both = [merge.kept.pk, merge.gone.pk]
    standing = ServiceEntry.objects.filter(span__member__in=both)
    shared = standing.values("served_on").annotate(records=Count("span__member", distinct=True)).filter(records=2)
    for day in shared.order_by("served_on").values_list("served_on", flat=True):
        entries = list(standing.filter(served_on=day))
        minutes = sum(entry.minutes for entry in entries)
        most = max(in_force_at(DailyLimit, path=entry.path, on=day).minutes for entry in entries)
        if minutes > most:
            words = _(
                "Both records together have %(hours)s hours on %(day)s; a day may have %(most)s. "
                "The secretary reverses the wrong record in the ledger; then merge again."
            )
            named = {"hours": hours(minutes), "most": hours(most), "day": day.isoformat()}
            raise RuleBroken(words % named, code="merge_in_the_way")
