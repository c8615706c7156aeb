"""How the ledger follows when two records of one person become one (members.merging).

Entries, postings and certificates simply move (the triggers let exactly that through); spans move unless both records
were serving at the same time, which is refused by name. The roll-up is computed again.
"""

from guangcai.ledger.commands.totals import keep_year_totals
from guangcai.ledger.models import Posting, YearTotal
from guangcai.members import merging
from guangcai.members.merging import Merge


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
