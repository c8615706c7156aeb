"""A new installation: what is shipped comes in once, and somebody can sign in."""

from datetime import UTC, datetime

import pytest
from django.utils.timezone import localdate

from guangcai.accounts.models import User
from guangcai.activities.models import ActivityTemplate
from guangcai.cli.commands import add_administrator, load_lists
from guangcai.core.actor import Actor
from guangcai.orgs.commands import add_node
from guangcai.orgs.enums import Level, PolicyKey
from guangcai.orgs.models import Grant, Node, Policy
from guangcai.posts.models import PostKind

PHONE = "13800130001"
PASSWORD = "several-words-1949"
pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> Node:
    now = datetime(2020, 1, 1, tzinfo=UTC)
    return add_node(parent=None, level=Level.DISTRICT, code="210802000000", name="站前区", by=Actor.system(), now=now)


def load(capsys: pytest.CaptureFixture) -> str:
    load_lists.command.main([], standalone_mode=False)
    return capsys.readouterr().out


def test_a_new_district_gets_every_rule_and_template_once(district: Node, capsys: pytest.CaptureFixture) -> None:
    load(capsys)
    rules = Policy.objects.filter(node=district, since=localdate().replace(month=1, day=1))
    assert set(rules.values_list("key", flat=True)) == set(PolicyKey)
    kinds, templates = PostKind.objects.count(), ActivityTemplate.objects.filter(node=district).count()
    assert kinds
    assert templates
    load(capsys)
    assert (PostKind.objects.count(), ActivityTemplate.objects.count()) == (kinds, templates)
    assert Policy.objects.count() == len(PolicyKey)


def test_an_upgrade_adds_the_rule_that_is_new_and_keeps_the_districts_own(
    district: Node, capsys: pytest.CaptureFixture
) -> None:
    load(capsys)
    Policy.objects.filter(key=PolicyKey.CLAIM_RULE).delete()
    ActivityTemplate.objects.filter(node=district).update(content="own words")
    load(capsys)
    assert Policy.objects.filter(key=PolicyKey.CLAIM_RULE).count() == 1
    assert not ActivityTemplate.objects.exclude(content="own words").exists()


def test_without_a_tree_it_says_what_is_missing(capsys: pytest.CaptureFixture) -> None:
    assert "import-tree" in load(capsys)
    assert not Policy.objects.exists()


def test_the_first_administrator_signs_in_and_gives_rights(district: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(add_administrator.click, "prompt", lambda *_args, **_more: PASSWORD)
    add_administrator.command.main(["周建平", PHONE, "--node", "210802"], standalone_mode=False)
    user = User.objects.with_phone(f"+86{PHONE}").get()
    assert user.check_password(PASSWORD)
    assert Grant.objects.get().node == district


def test_whoever_has_an_account_is_not_asked_for_a_password(district: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter([PASSWORD])
    monkeypatch.setattr(add_administrator.click, "prompt", lambda *_args, **_more: next(said))
    for _time in range(2):
        add_administrator.command.main(["周建平", PHONE, "--node", "210802"], standalone_mode=False)
    assert Grant.objects.count() == User.objects.count() == 1
