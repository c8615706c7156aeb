"""Pages that say no: the reason and a way on, also where a browser opens again what was a form."""

import pytest
from django.test import Client
from django.urls import reverse

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
