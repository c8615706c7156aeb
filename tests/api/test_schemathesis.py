"""The description against the program: schemathesis sends what it allows and what it forbids, and finds nothing.

It runs in an environment of its own (.venv-api, requirements-schemathesis.lock), which `make test` makes.
"""

import os
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from guangcai.accounts.commands import add_token
from guangcai.activities.commands import add_activity, add_series, add_shift, publish_activity, sign_up
from guangcai.appraisal.commands import close_quarter
from guangcai.appraisal.models import FeedbackSheet
from guangcai.appraisal.rules import Quarter
from guangcai.ledger.commands import record_many
from tests.activities.conftest import text
from tests.api.conftest import every_thursday
from tests.cast import Cast, make_cast
from tests.ledger.scenes import SATURDAY, service

ROOT = Path(settings.BASE_DIR)
PROGRAM = ROOT / ".venv-api" / "bin" / "schemathesis"
# What fits the description may still break a rule of the house (a full shift, a date in the future): 422 with words.
CONFIG = """
[[operations]]
include-method = ["POST", "PATCH"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "403", "404", "409", "422"]

[[operations]]
include-path = "/api/v1/statistics/{name}"
checks.positive_data_acceptance.expected-statuses = ["2xx", "403", "404", "422"]
"""

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="schemathesis is not installed in .venv-api")


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast(timezone.now())


@pytest.fixture
def known(cast: Cast) -> dict[str, Any]:
    """One row of every kind, so that operations on one row reach their commands."""
    desk, now = cast.actor("desk"), timezone.now()
    activity = add_activity(community=cast.nanyuan, text=text(), by=desk, now=now)
    start = now + timedelta(days=1)
    shift = add_shift(
        activity=activity, starts_at=start, ends_at=start + timedelta(hours=2), places=9, by=desk, now=now
    )
    series = add_series(activity=activity, repeat=every_thursday(now), by=desk, now=now)
    publish_activity(activity=activity, by=desk, now=now)
    signed = sign_up(shift=shift, member=cast.teacher_member, by=desk, now=now)
    old = SATURDAY - timedelta(days=60)
    entry = record_many(services=[service(cast, starts_at=old)], by=cast.actor("desk_colleague"), now=now)[0]
    close_quarter(node=cast.nanyuan, quarter=Quarter.of(old.date()), by=cast.actor("secretary"), now=now)
    sheet = FeedbackSheet.objects.get(work_unit=cast.school)
    rows = {"activity": activity, "series": series, "shift": shift, "sign_up": signed, "entry": entry, "sheet": sheet}
    return {**{name: row.pk for name, row in rows.items()}, "member": cast.teacher_member.pk}


def run(url: str, secret: str, config: Path, *options: str) -> None:
    """Raises AssertionError with everything schemathesis has to say."""
    command = [
        str(PROGRAM), f"--config-file={config}", "run", f"{url}/api/v1/openapi.json", "--header",
        f"Authorization: Bearer {secret}", "--checks=all", "--no-color", "--seed=7", "--continue-on-failure",
        "--generation-database=none", "--request-timeout=60", *options,
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=config.parent, env=environment, timeout=7200, check=False
    )
    print(done.stdout[-3000:])
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]


def fuzz(cast: Cast, known: dict[str, Any], live_server: Any, tmp_path: Path, seconds: int) -> None:
    _token, secret = add_token(user=cast.desk, label="fuzz", by=cast.actor("desk"), now=timezone.now())
    # The first answer imports the program; schemathesis waits ten seconds for it.
    assert Client().get("/api/v1/openapi.json").status_code == 200
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG)
    run(live_server.url, secret, config, f"--max-time={seconds}", "--max-examples=20")
    named = "".join(f'"path.{name}" = "{key}"\n' for name, key in known.items())
    config.write_text(f"[parameters]\n{named}{CONFIG}")
    only = r"--include-path-regex=\{(activity|series|shift|sign_up|entry|sheet|member)\}"
    run(live_server.url, secret, config, f"--max-time={seconds // 2}", "--max-examples=20", only)


@pytest.mark.usefixtures("_patient")
def test_schemathesis_finds_nothing(cast: Cast, known: dict[str, Any], live_server: Any, tmp_path: Path) -> None:
    fuzz(cast, known, live_server, tmp_path, seconds=40)


@pytest.mark.nightly
@pytest.mark.usefixtures("_patient")
def test_schemathesis_finds_nothing_all_night(
    cast: Cast, known: dict[str, Any], live_server: Any, tmp_path: Path
) -> None:
    fuzz(cast, known, live_server, tmp_path, seconds=1800)


@pytest.fixture
def _patient(settings: Any) -> None:
    """A machine asks faster than any program should."""
    settings.GUANGCAI_API_PER_MINUTE = 1_000_000
