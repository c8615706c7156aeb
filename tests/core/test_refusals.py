"""Pages that say no: the reason and a way on, also where a browser opens again what was a form."""

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils import translation

from guangcai.core.models import AuditEvent
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_address_of_a_form_opened_again_is_a_page_with_a_way_home(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.desk)
    answer = browser.get(reverse("appraisal:drafts"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "这一页不能再次打开" in answer.content.decode()


def test_a_program_gets_no_page(cast: Cast) -> None:
    answer = Client().get("/api/v1/attendance/batches")
    assert b"<html" not in answer.content


def test_a_field_refuses_in_a_clerks_words() -> None:
    """Of forms everywhere: how long it may be and is, what may be chosen, what cannot be kept."""

    class Asked(forms.Form):
        text = forms.CharField(max_length=5)
        one = forms.ChoiceField(choices=[("a", "A")])
        row = forms.ModelChoiceField(queryset=AuditEvent.objects.none())
        odd = forms.CharField()

    class Chosen(forms.Form):
        one = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
        row = forms.ModelChoiceField(queryset=AuditEvent.objects.none())
        several = forms.MultipleChoiceField(choices=[("a", "A")])
        rows = forms.ModelMultipleChoiceField(queryset=AuditEvent.objects.none())
        text = forms.CharField()

    with translation.override("zh-hans"):
        found = Asked({"text": "\u706f" * 7, "one": "b", "row": "1", "odd": "a\0"}).errors
        assert dict(found) == {
            "text": ["最多5个字，现在有7个。"],
            "one": ["请从列表里选一项。"],
            "row": ["请从列表里选一项。"],
            "odd": ["里面有不能保存的符号，请删掉重新输入。"],
        }
        assert dict(Chosen({}).errors) == {
            "one": ["请选一项。"],
            "row": ["请选一项。"],
            "several": ["请至少选一项。"],
            "rows": ["请至少选一项。"],
            "text": ["请填写这一项。"],
        }
