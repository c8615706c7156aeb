"""What a supervisor asks, and what a stranger is not told."""

from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.test import Client


def test_process_answers_without_the_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_database_and_migrations_are_fit(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": True, "migrations": True, "jobs": False}


@pytest.mark.django_db
def test_not_ready_without_the_database(client: Client) -> None:
    with patch("guangcai.core.health._database", side_effect=DatabaseError):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] is False


@pytest.mark.django_db
def test_not_ready_while_migrations_wait(client: Client) -> None:
    with patch("guangcai.core.health.MigrationExecutor.migration_plan", return_value=["one"]):
        assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_metrics_are_for_this_machine_only(client: Client) -> None:
    assert b"django_http_requests" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 404
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="10.1.2.3").status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_only_reading(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
