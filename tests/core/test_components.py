"""Filters, component tags, lists, the menu and the preferences, without a browser."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.http import HttpRequest
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client, RequestFactory, override_settings
from django.utils import translation

from guangcai.core import charts, navigation
from guangcai.core.actor import Actor
from guangcai.core.listing import listing
from guangcai.core.navigation import NavItem
from guangcai.core.screens import JobView

ROOT = Path(__file__).resolve().parents[2]
ICONS = {line for line in (ROOT / "assets/icons.txt").read_text().split("\n") if line and not line.startswith("#")}


def draw(source: str, request: HttpRequest | None = None, **context: Any) -> str:
    request = request or RequestFactory().get("/x/")
    return Template("{% load core %}" + source).render(Context({"request": request, **context}))


@pytest.mark.parametrize(
    ("source", "value", "drawn"),
    [
        ("{{ v|hours }}", 150, "2.50"),
        ("{{ v|hours }}", -20, "-0.33"),
        ("{{ v|mask_phone }}", "+8613800138000", "138****8000"),
        ("{{ v|day }}", date(2026, 11, 21), "2026年11月21日"),
        ("{{ v|day }}", datetime(2026, 11, 20, 16, 30, tzinfo=UTC), "2026年11月21日"),
        ("{{ v|moment }}", datetime(2026, 3, 4, 16, 30, tzinfo=UTC), "3月5日 00:30"),
        ("{{ v|clock }}", datetime(2026, 3, 4, 16, 30, tzinfo=UTC), "00:30"),
        ("{{ v|day }}", None, ""),
        ("{{ v|percent }}", 0.456, "46%"),
    ],
)
def test_filters_in_chinese(source: str, value: Any, drawn: str) -> None:
    with translation.override("zh-hans"):
        assert draw(source, v=value) == drawn


def test_dates_follow_the_language() -> None:
    with translation.override("en"):
        assert draw("{{ v|day }} {{ v|day_short }}", v=date(2026, 11, 21)) == "Nov. 21, 2026 21 Nov Sat"


def test_icons_are_decoration_unless_named() -> None:
    assert 'aria-hidden="true"' in draw('{% icon "check" %}')
    assert 'aria-label="&lt;b&gt;"' in draw('{% icon "check" word %}', word="<b>")


def test_every_icon_used_is_in_the_sprite() -> None:
    used = set()
    for path in (ROOT / "guangcai").rglob("*.html"):
        used |= set(re.findall(r"""\{% icon ["']([\w-]+)["']""", path.read_text()))
        used |= set(re.findall(r"""\bicon=["']([\w-]+)["']""", path.read_text()))
    assert used - ICONS == set()


def test_no_template_carries_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|\shx-on", re.IGNORECASE)
    found = [
        f"{path.name}: {match.group(0)}"
        for path in (ROOT / "guangcai").rglob("templates/**/*.html")
        if (match := inline.search(path.read_text()))
    ]
    assert found == []


def test_a_button_is_a_link_with_an_address_and_escapes_its_text() -> None:
    assert draw('{% button "Go" url="/a/?b=1&c=2" kind="primary" %}').startswith("<a class=")
    assert "&lt;i&gt;" in draw("{% button word %}", word="<i>")
    assert "<button" in draw('{% button "Go" name="verb" value="confirm" %}')


def test_a_tone_is_one_of_five() -> None:
    with pytest.raises(TemplateSyntaxError):
        draw('{% state "Odd" "purple" %}')


def test_rings_stop_at_the_goal_and_know_when_nothing_is_owed() -> None:
    over = draw("{% rings 2000 960 3 12 %}")
    assert 'stroke-dasharray="100 100"' in over
    assert 'stroke-dasharray="25 100"' in over
    assert "33.33" in over
    assert "/ 16" in over
    assert "stroke-dasharray" not in draw("{% rings 60 0 1 0 %}")


class Sample(forms.Form):
    name = forms.CharField(label="Name")
    kinds = forms.MultipleChoiceField(label="Kinds", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple)

    def clean(self) -> None:
        raise forms.ValidationError("Together they make no sense.")


def test_error_summary_links_every_error_to_its_field() -> None:
    drawn = draw("{% error_summary form %}", form=Sample({}))
    assert "Together they make no sense." in drawn
    assert 'href="#id_name"' in drawn
    assert 'href="#id_kinds_0"' in drawn
    assert draw("{% error_summary form %}", form=Sample()).strip() == ""


@pytest.mark.parametrize(("label", "head"), [("姓名：", "姓名"), ("Name:", "Name"), ("Name", "Name")])
def test_error_summary_sets_one_colon_whatever_the_label_ends_in(label: str, head: str) -> None:
    form = Sample({})
    form.fields["name"].label = label
    with translation.override("zh-hans"):
        drawn = draw("{% error_summary form %}", form=form)
    assert f">{head}：" in drawn
    assert "：：" not in drawn
    assert ":：" not in drawn


def test_form_page_carries_the_token_and_keeps_what_was_typed() -> None:
    drawn = draw('{% form_page form submit="Save" cancel="/back/" %}', form=Sample({"name": "王"}), csrf_token="t0k")
    assert 'value="t0k"' in drawn
    assert 'value="王"' in drawn
    assert 'href="/back/"' in drawn
    assert 'id="id_kinds_0"' in drawn
    assert "form-check-input" in drawn


def test_job_polls_until_it_is_over() -> None:
    under_way = JobView("Import", 250, 1000, "running", "/jobs/1/")
    assert 'hx-get="/jobs/1/"' in draw("{% job_progress job %}", job=under_way)
    assert under_way.percent == 25
    over = JobView("Import", 1000, 1000, "done", "/jobs/1/", result_url="/r/")
    assert "hx-get" not in draw("{% job_progress job %}", job=over)
    assert JobView("Import", 1000, 1000, "running", "/").percent == 99


def test_qr_is_shapes_only() -> None:
    drawn = draw('{% qr "https://example.invalid/c/1" "Check in" size=160 %}')
    assert drawn.startswith("<svg")
    assert "style" not in drawn


def test_a_chart_carries_its_numbers_as_json() -> None:
    option = charts.bars(["</script>"], {"Hours": [1]})
    drawn = draw('{% chart "c1" option "Hours" %}', option=option)
    assert 'id="c1-option" type="application/json"' in drawn
    assert drawn.count("</script>") == 1


def rows(*names: str) -> list[SimpleNamespace]:
    return [SimpleNamespace(name=name, minutes=len(name)) for name in names]


def shown(query: str, **options: Any) -> Any:
    request = RequestFactory().get(f"/list/?{query}")
    sorts = {"name": "name", "minutes": "minutes"}
    return listing(request, rows("bb", "a", "ccc"), sorts=sorts, default="name", **options)


def test_a_list_sorts_by_known_keys_and_pages_without_errors() -> None:
    assert [row.name for row in shown("sort=-minutes").page] == ["ccc", "bb", "a"]
    assert [row.name for row in shown("sort=password").page] == ["a", "bb", "ccc"]
    assert [row.name for row in shown("page=99", per_page=2).page] == ["ccc"]
    assert [row.name for row in shown("page=x", per_page=2).page] == ["a", "bb"]


def test_a_list_that_never_ends_is_counted_to_a_bound() -> None:
    for most, total, is_more in ((2, 2, True), (3, 3, False), (9, 3, False), (None, 3, False)):
        found = shown("page=2", per_page=1, most=most)
        assert (found.total, found.is_more) == (total, is_more)
        assert [row.name for row in found.page] == ["bb"]
    assert [row.name for row in shown("page=99", per_page=1, most=2).page] == ["bb"]


def test_the_export_has_the_same_filters_as_the_list() -> None:
    assert shown("q=wang&page=2", export_url="/list/export/").export_url == "/list/export/?q=wang"
    assert shown("page=2", export_url="/list/export/").export_url == "/list/export/"


class Kinds(forms.Form):
    kind = forms.ChoiceField(label="Kind", choices=[("", "All"), ("t", "Teacher")], required=False)


def test_filters_in_force_become_chips_that_take_themselves_away() -> None:
    def filterset(query: Any, queryset: Any, request: Any) -> SimpleNamespace:
        return SimpleNamespace(qs=queryset, form=Kinds(query))

    (chip,) = shown("kind=t&sort=name&page=2", filterset=filterset).chips
    assert (chip.label, chip.value, chip.without_url) == ("Kind", "Teacher", "?sort=name")
    assert shown("kind=", filterset=filterset).chips == ()


def test_a_sort_link_turns_around_and_leaves_the_page() -> None:
    request = RequestFactory().get("/list/?sort=name&page=3&q=x")
    one = listing(request, rows("a"), sorts={"name": "name"}, default="name")
    drawn = draw('{% sort_th "Name" "name" listing %}', request, listing=one)
    assert 'aria-sort="ascending"' in drawn
    assert 'href="?sort=-name&amp;q=x"' in drawn


def test_the_menu_marks_the_longest_address(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [NavItem("Home", "/", "home"), NavItem("Desk", "/desk/", "list"), NavItem("All", "/desk/all/", "list")]
    items += [NavItem(str(number), f"/{number}/", "list") for number in range(4)]
    provider = navigation.Provider(items=lambda a: items, place=lambda a: "", search_url=lambda a: "")
    monkeypatch.setattr(navigation, "_provider", provider)
    menu = navigation.menu(Actor(), "/desk/all/7/")
    assert [item.label for item in menu if item.current] == ["All"]
    assert len(navigation.phone_menu(menu)) == 5


def test_preferences_are_remembered_and_lead_back_to_us_only(client: Client) -> None:
    answer = client.post("/preferences/", {"elder": "1", "next": "/desk/?page=2"})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/?page=2")
    assert client.cookies["elder"].value == "1"
    answer = client.post("/preferences/", {"text_size": "26", "next": "https://elsewhere.invalid/"})
    assert answer["Location"] == "/"
    assert client.cookies["text_size"].value == "26"
    client.post("/preferences/", {"elder": "0", "text_size": "999"})
    assert client.cookies["elder"].value == "0"
    assert client.cookies["text_size"].value == "26"
    assert client.get("/preferences/").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/privacy/", "/no-such-page/"])
def test_the_frame_stands_for_strangers(client: Client, path: str) -> None:
    text = client.get(path).content.decode()
    assert "光彩家园" in text
    assert 'class="gc-skip"' in text


@override_settings(DEBUG=False)
def test_the_page_of_the_last_resort_needs_nothing() -> None:
    text = Template("{% include '500.html' %}").render(Context())
    assert "core/tokens.css" in text
