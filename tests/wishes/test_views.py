"""The screens of wishes through the client: who sees what, what they do, what they refuse, and what never leaks."""

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from python_calamine import CalamineWorkbook

from guangcai.accounts.models import User
from guangcai.core.ids import new_id
from guangcai.core.text import spelled
from guangcai.wishes import commands, rules
from guangcai.wishes.models import Wish, WishAsker, WishClaim, WishKind, WishOpening, WishThanks
from guangcai.wishes.words import title_of
from tests.cast import Cast
from tests.wishes.conftest import NAME, PHONE, broken, wish_draft

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
SECRETS = (NAME, PHONE, "3号楼501")


def address(name: str, *args: object) -> str:
    return reverse(f"wishes:{name}", args=args)


def test_from_the_public_page_to_thanks_without_scripts(cast: Cast, signed_in: SignedIn) -> None:
    resident, desk = Client(), signed_in(cast.users["desk"])
    code = cast.nanyuan.code
    page = resident.get(address("ask", code))
    key = re.search(r'name="id" value="([0-9a-f-]+)"', page.content.decode())
    assert key is not None
    sent = {"id": key[1], "said": "想要一台收音机", "name": NAME, "phone": PHONE}
    for _time in range(2):
        answer = resident.post(address("ask", code), sent)
        assert answer.status_code == 302
    wish = Wish.objects.get()
    mine = answer["Location"]
    assert mine == address("followed", wish.asker.code)
    kind = WishKind.objects.get(code="goods")
    words = {"kind": kind.pk, "title": "一台收音机", "words": "老人想要一台收音机", "people": 1}
    assert desk.post(address("verification", wish.pk), words | {"words": f"给{NAME}"}).status_code == 422
    assert desk.post(address("verification", wish.pk), words)["Location"] == wish.get_absolute_url()
    assert desk.post(address("publication", wish.pk)).status_code == 302
    member = signed_in(cast.users["member"])
    assert "一台收音机" in member.get(address("open")).content.decode()
    assert member.post(address("claims", wish.pk), {"id": new_id()}).status_code == 302
    claim = WishClaim.objects.get()
    assert desk.post(address("confirmation", claim.pk)).status_code == 302
    assert NAME not in member.get(wish.get_absolute_url()).content.decode()
    assert member.post(address("opening", wish.pk)).status_code == 302
    shown = member.get(wish.get_absolute_url()).content.decode()
    assert NAME in shown
    assert PHONE in shown
    today = localdate().isoformat()
    done = {"id": new_id(), "done_on": today, "what": "送去一台收音机"}
    WishClaim.objects.update(held_since=localdate())
    assert member.post(address("fulfilment", claim.pk), done).status_code == 302
    assert "送去一台收音机" in resident.get(mine).content.decode()
    assert resident.post(mine, {"id": new_id(), "came_true": "no", "words": "没有声音"}).status_code == 302
    assert Wish.objects.get().state == "claimed"
    assert member.post(address("fulfilment", claim.pk), done | {"id": new_id()}).status_code == 302
    assert resident.post(mine, {"id": new_id(), "came_true": "yes"}).status_code == 302
    assert Wish.objects.get().state == "confirmed"
    thanks_are_shown_and_taken_back(resident, desk, wish, address("wall", code))


def thanks_are_shown_and_taken_back(resident: Client, desk: Client, wish: Wish, wall: str) -> None:
    """By the wisher's will alone, and after a second person has read them."""
    mine = address("followed", wish.asker.code)
    assert resident.post(mine, {"words": f"谢谢，{NAME}", "agrees": "on"}).status_code == 422
    assert resident.post(mine, {"words": "天天都听，谢谢", "agrees": "on"}).status_code == 302
    assert "天天都听" not in resident.get(wall).content.decode()
    assert desk.post(address("thanks_publication", wish.pk)).status_code == 302
    assert "天天都听" in resident.get(wall).content.decode()
    assert resident.post(address("taking_back", wish.asker.code), {"what": "thanks"}).status_code == 302
    assert "天天都听" not in resident.get(wall).content.decode()
    assert broken() == []


def test_the_public_pages_hold_nothing_personal(
    cast: Cast, held: Callable[..., WishClaim], signed_in: SignedIn
) -> None:
    claim = held()
    own = cast.teacher_member
    for url in (address("walls"), address("wall", cast.nanyuan.code), address("followed", claim.wish.asker.code)):
        page = Client().get(url).content.decode()
        assert not [secret for secret in (*SECRETS, own.name, str(claim.wish.pk)) if secret in page], url
    for who in ("overseer", "desk_next_door", "member_next_door"):
        page = signed_in(cast.users[who]).get(claim.wish.get_absolute_url()).content.decode()
        assert not [secret for secret in SECRETS if secret in page], who


@pytest.mark.parametrize("code", ["abcdefghjkmnpqrs", "x", "0" * 300])
def test_a_code_of_nobody_is_one_sentence(code: str) -> None:
    answer = Client().get(address("followed", code))
    assert answer.status_code == 404
    assert Client().post(address("taking_back", code)).content.count(b"<h1") == answer.content.count(b"<h1") == 1


def test_a_typed_code_is_read_with_blanks_and_capitals(collected: Callable[..., Wish]) -> None:
    wish = collected()
    code = wish.asker.code
    shown = Client().get(address("followed", code)).content.decode()
    assert f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}" in shown
    assert "月" in title_of(wish)
    typed = f" {code[:4].upper()}-{code[4:8]} {code[8:]}"
    assert Client().post(address("follow"), {"code": typed})["Location"] == address("followed", code)
    assert Client().get(address("follow")).status_code == 200
    for empty in ("", "———"):
        answer = Client().post(address("follow"), {"code": empty})
        assert (answer.status_code, "请输入心愿编码" in answer.content.decode()) == (422, True)
    answer = Client().post(address("follow"), {"code": "心愿"})
    assert (answer.status_code, 'value="心愿"' in answer.content.decode()) == (404, True)


def test_nobody_floods_the_box(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "WISHES_OF_ADDRESS", rules.Limit("wish_address_test", 2, rules.WISHES_OF_ADDRESS.window))
    sent = {"said": "想要一台收音机", "phone": PHONE}
    answers = [Client().post(address("ask", cast.nanyuan.code), sent | {"id": new_id()}) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 422]
    assert "明天" in answers[2].content.decode()
    assert Wish.objects.count() == 2


def test_the_form_says_what_is_missing(cast: Cast) -> None:
    answer = Client().post(address("ask", cast.nanyuan.code), {"id": new_id(), "said": "", "phone": ""})
    assert answer.status_code == 422
    assert {"said", "phone"} <= set(answer.context["form"].errors)
    # Signs nobody sees are no words.
    nothing = {"id": new_id(), "said": "\u200b\u200e ", "phone": "13912345678"}
    assert Client().post(address("ask", cast.nanyuan.code), nothing).status_code == 422
    assert Client().get(address("wall", "999999999999")).status_code == 404


def test_what_the_desk_does_the_others_may_not(cast: Cast, collected: Callable[..., Wish], signed_in: SignedIn) -> None:
    wish = collected()
    for name in ("verification", "publication", "end", "code", "opening", "allotment", "answer", "thanks"):
        url = address(name, wish.pk)
        for who, status in (("desk_next_door", 404), ("member", 404), ("overseer", 404)):
            assert signed_in(cast.users[who]).post(url).status_code == status, (name, who)
    assert signed_in(cast.users["desk"]).get(wish.get_absolute_url()).status_code == 200


def test_on_the_wall_readers_may_read_and_not_change(
    cast: Cast, published: Callable[..., Wish], signed_in: SignedIn
) -> None:
    wish = published()
    for who, status in (("member", 403), ("overseer", 403), ("desk_next_door", 404)):
        browser = signed_in(cast.users[who])
        assert browser.get(wish.get_absolute_url()).status_code == (404 if status == 404 else 200)
        for name in ("verification", "end", "code", "opening"):
            assert browser.post(address(name, wish.pk)).status_code == status, (name, who)
    assert WishOpening.objects.count() == 0


def test_the_second_on_the_phone_reads_a_sentence(
    cast: Cast, held: Callable[..., WishClaim], neighbours: Any, signed_in: SignedIn
) -> None:
    claim = held()
    neighbours(1)
    browser = signed_in(cast.users["nu0"])
    answer = browser.post(address("claims", claim.wish.pk), {"id": new_id()})
    assert answer.status_code == 422
    assert "先了一步" in answer.content.decode()


def test_the_list_needs_a_fixed_number_of_queries(
    cast: Cast,
    published: Callable[..., Wish],
    signed_in: SignedIn,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    desk, member = signed_in(cast.users["desk"]), signed_in(cast.users["member"])
    pages = [(desk, address("list")), (member, address("open")), (Client(), address("wall", cast.nanyuan.code))]
    pages.append((desk, address("export")))
    published()
    counts = []
    for browser, url in pages:
        browser.get(url)
        with django_assert_max_num_queries(60) as counted:
            assert browser.get(url).status_code == 200
        counts.append(len(counted))
    published(title="一床棉被")
    published(title="一副老花镜")
    for (browser, url), count in zip(pages, counts, strict=True):
        with django_assert_num_queries(count):
            assert browser.get(url).status_code == 200
    assert desk.get(address("list")).context["listing"].total == 3


@pytest.mark.parametrize(
    ("state", "count"), [("", 1), ("collected", 0), ("published", 1), ("to_confirm", 0), ("long", 0), ("thanks", 0)]
)
def test_the_list_is_filtered_by_what_waits(
    cast: Cast, published: Callable[..., Wish], signed_in: SignedIn, state: str, count: int
) -> None:
    published()
    shown = signed_in(cast.users["desk"]).get(address("list"), {"state": state}).context["listing"]
    assert shown.total == count


def test_members_without_a_desk_are_led_to_the_board(cast: Cast, signed_in: SignedIn) -> None:
    assert signed_in(cast.users["member"]).get(address("list"))["Location"] == address("open")


def test_the_export_names_nobody(cast: Cast, held: Callable[..., WishClaim], signed_in: SignedIn) -> None:
    held()
    content = signed_in(cast.users["desk"]).get(address("export")).content
    text = str(CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python())
    assert "一台收音机" in text
    assert not [secret for secret in SECRETS if secret in text]


def test_the_desk_writes_a_wish_down_and_ends_it(cast: Cast, signed_in: SignedIn) -> None:
    desk = signed_in(cast.users["desk"])
    sent = {"id": new_id(), "community": cast.nanyuan.pk, "channel": "card", "said": "想装电梯", "name": NAME}
    assert desk.post(address("new"), sent).status_code == 302
    wish = Wish.objects.get()
    assert spelled(wish.asker.code, each=4) in desk.get(wish.get_absolute_url()).content.decode()
    assert desk.post(address("end", wish.pk), {"reason": "too_large", "note": ""}).status_code == 422
    assert desk.post(address("end", wish.pk), {"reason": "too_large", "note": "要由街道立项"}).status_code == 302
    assert "要由街道立项" in Client().get(address("followed", wish.asker.code)).content.decode()


def test_the_desk_notes_the_word_and_the_thanks(
    cast: Cast, held: Callable[..., WishClaim], signed_in: SignedIn, now: datetime
) -> None:
    claim, desk = held(), signed_in(cast.users["desk"])
    commands.fulfil_wish(claim=claim, what="送去", done_on=localdate(now), by=cast.actor("member"), now=now)
    answer = {"id": new_id(), "came_true": "yes", "words": ""}
    assert desk.post(address("answer", claim.wish.pk), {"words": "好"}).status_code == 422
    assert desk.post(address("answer", claim.wish.pk), answer).status_code == 302
    said = {"words": "谢谢", "agrees": "on"}
    assert desk.post(address("thanks", claim.wish.pk), said).status_code == 422
    said |= {"given_on": localdate(now).isoformat(), "how": "电话"}
    assert desk.post(address("thanks", claim.wish.pk), said).status_code == 302
    shown, secretary = address("thanks_publication", claim.wish.pk), signed_in(cast.users["secretary"])
    page = claim.wish.get_absolute_url()
    assert [shown in who.get(page).content.decode() for who in (desk, secretary)] == [False, True]
    assert desk.post(shown).status_code == 422
    assert secretary.post(shown).status_code == 302
    assert WishThanks.objects.published().count() == 1


def test_two_who_do_it_together_know_of_each_other(
    cast: Cast, held: Callable[..., WishClaim], neighbours: Any, signed_in: SignedIn, now: datetime
) -> None:
    claim, ((helper, own),) = held(people=2), neighbours(1)
    member, page = signed_in(cast.users["member"]), claim.wish.get_absolute_url()
    assert helper.name not in member.get(page).content.decode()
    commands.join_claim(wish=claim.wish, member=helper, by=own, now=now)
    assert helper.name in member.get(page).content.decode()
    assert claim.member.name in signed_in(cast.users["nu0"]).get(page).content.decode()


def test_whoever_has_the_wish_does_not_read_its_code(
    cast: Cast, held: Callable[..., WishClaim], signed_in: SignedIn
) -> None:
    claim = held()
    code, desk = spelled(claim.wish.asker.code, each=4), signed_in(cast.users["desk"])
    assert code not in desk.get(claim.wish.get_absolute_url()).content.decode()
    desk.post(address("opening", claim.wish.pk))
    assert code in desk.get(claim.wish.get_absolute_url()).content.decode()
    users = User.objects.filter(pk__in=[cast.users["member"].pk, cast.users["desk"].pk])
    users.update(member_id=None)
    users.filter(pk=cast.users["desk"].pk).update(member_id=cast.teacher_member.pk)
    page = signed_in(cast.users["desk"]).get(claim.wish.get_absolute_url()).content.decode()
    assert code not in page
    assert code.replace("-", "") not in page


def test_a_new_code_closes_the_old_page(cast: Cast, collected: Callable[..., Wish], signed_in: SignedIn) -> None:
    wish = collected()
    old = wish.asker.code
    assert signed_in(cast.users["desk"]).post(address("code", wish.pk)).status_code == 302
    assert Client().get(address("followed", old)).status_code == 404
    assert Client().get(address("followed", WishAsker.objects.get().code)).status_code == 200


def test_homes_name_what_waits(cast: Cast, held: Callable[..., WishClaim], signed_in: SignedIn, now: datetime) -> None:
    claim = held()
    desk = cast.actor("desk")
    commands.collect_wish(community=cast.nanyuan, draft=wish_draft(said="另一个"), by=desk, now=now)
    from guangcai.portal.queries.community import due

    keys = {row.key: row.count for row in due(desk, now=now)}
    assert keys["wishes_new"] == 1
    assert claim.wish.title in signed_in(cast.users["member"]).get("/").content.decode()
