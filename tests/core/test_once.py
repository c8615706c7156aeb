"""The same id sent twice is the same row; with other content it is refused."""

from datetime import date

import pytest

from guangcai.core.errors import Conflict
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.members.models import PrivacyNotice


@pytest.mark.django_db
def test_known_id_with_same_content_is_the_row() -> None:
    notice = PrivacyNotice.objects.create(version="once", text="text", since=date(2025, 1, 1))
    assert already(PrivacyNotice, notice.pk, version="once") == notice


@pytest.mark.django_db
def test_known_id_with_other_content_is_a_conflict() -> None:
    notice = PrivacyNotice.objects.create(version="once", text="text", since=date(2025, 1, 1))
    with pytest.raises(Conflict):
        already(PrivacyNotice, notice.pk, version="twice")


@pytest.mark.django_db
def test_unknown_id_is_new() -> None:
    from guangcai.core.models import AuditEvent
    from guangcai.ledger.models import ServiceEntry

    assert already(AuditEvent, None) is None
    assert already(ServiceEntry, new_id()) is None
