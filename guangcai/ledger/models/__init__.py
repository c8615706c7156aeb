"""Tables of the ledger: what was done (entries), what counts (postings), what was said about it."""

from guangcai.ledger.models.certificates import Certificate, CertificateLine
from guangcai.ledger.models.entries import EntryDecline, Posting, ServiceEntry, ServiceSpan, WaitingEntry
from guangcai.ledger.models.review import Objection, SampleCheck
from guangcai.ledger.models.totals import YearTotal

__all__ = [
    "Certificate",
    "CertificateLine",
    "EntryDecline",
    "Objection",
    "Posting",
    "SampleCheck",
    "ServiceEntry",
    "ServiceSpan",
    "WaitingEntry",
    "YearTotal",
]
