"""A log line names the page, never what was searched for."""

import json
import logging

import pytest
from django.test import Client

from guangcai.core.logs import without_query


def test_query_string_is_cut_off() -> None:
    event = without_query(None, "info", {"request": "GET /members/?q=13800138000", "code": 404})
    assert event == {"request": "GET /members/", "code": 404}
    assert without_query(None, "info", {"event": "started"}) == {"event": "started"}


@pytest.mark.django_db
def test_refused_request_is_logged_without_its_query(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert client.get("/no-such-page/?q=13800138000").status_code == 404
    lines = [record.msg for record in caplog.records if record.name.startswith("django_structlog")]
    assert lines
    assert "13800138000" not in json.dumps(lines, default=str)
