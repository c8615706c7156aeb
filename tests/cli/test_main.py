"""The command line as a person meets it: words instead of tracebacks, exit codes that scripts can rely on."""

import json
from collections.abc import Iterable

import click
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from guangcai.cli import language, main, verifying
from guangcai.core import invariants
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken

COMMANDS = {"backup", "db", "demo", "migrate", "restore", "serve", "verify", "worker"}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


def test_every_module_is_a_command_and_says_what_it_does() -> None:
    context = click.Context(main.cli)
    names = main.cli.list_commands(context)
    assert set(names) >= COMMANDS
    for name in names:
        command = main.cli.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help


def test_the_database_is_held_around_a_command_once() -> None:
    context = click.Context(main.cli)
    assert main.cli.get_command(context, "verify") is main.cli.get_command(context, "verify")
    command = main.cli.get_command(context, "verify")
    assert command is not None
    assert not hasattr(command.callback.__wrapped__, "__wrapped__")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RuleBroken("Choose a day."), "Choose a day."),
        (Forbidden(), "Refused: Forbidden."),
        (OutOfScope(), "Refused: OutOfScope."),
        (ImproperlyConfigured("GUANGCAI_KEYS is not set"), "A setting is missing or wrong: GUANGCAI_KEYS is not set"),
        (OperationalError("connection refused\n"), "The database does not answer: connection refused"),
        (main.postgres.PostgresError("No PostgreSQL."), "No PostgreSQL."),
        (
            FileNotFoundError(2, "No such file", "a.xlsx"),
            "The file a.xlsx cannot be used: there is no such file or folder.",
        ),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_code_2(
    error: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def refuse() -> None:
        raise error

    monkeypatch.setattr(verifying, "verify", refuse)
    assert main.run(["verify"]) == main.REFUSED
    assert capsys.readouterr() == ("", f"{sentence}\n")


def test_a_fault_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "verify", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main.run(["verify"])


def test_ctrl_c_is_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(verifying, "verify", interrupted)
    assert main.run(["verify"]) == main.INTERRUPTED


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture) -> None:
    assert main.run(["dance"]) == 2
    assert "No such command 'dance'" in capsys.readouterr().err


def test_a_foreign_server_is_not_started_or_stopped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/guangcai")
    for action in ("start", "stop"):
        assert main.run(["db", action]) == 1
        assert "a server of your own" in capsys.readouterr().err
    assert main.run(["db", "url"]) == 0
    assert capsys.readouterr().out == "postgresql://db.example/guangcai\n"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "C", "LANGUAGE": "zh:en"}, "zh-hans"),
        ({"LANG": ""}, "en"),
    ],
)
def test_the_terminal_decides_the_language(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language.language() == expected


@pytest.fixture
def two_invariants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "_checks", {})
    monkeypatch.setattr(invariants, "autodiscover_modules", lambda name: None)

    @invariants.invariant("ledger.whole")
    def whole() -> Iterable[str]:
        return []

    @invariants.invariant("ledger.sums")
    def sums() -> Iterable[str]:
        yield "entry 7"


@pytest.mark.django_db
@pytest.mark.usefixtures("two_invariants")
def test_verify_names_what_is_broken(capsys: pytest.CaptureFixture) -> None:
    assert main.run(["verify"]) == 1
    assert capsys.readouterr() == ("2 checked, 1 broken\n", "ledger.sums: entry 7\n")
    assert main.run(["verify", "--json"]) == 1
    report = {"checked": 2, "broken": [{"code": "ledger.sums", "what": "entry 7"}]}
    assert json.loads(capsys.readouterr().out) == report


@pytest.mark.usefixtures("two_invariants")
def test_an_invariant_code_is_taken_once() -> None:
    with pytest.raises(ValueError, match=r"ledger\.whole"):
        invariants.invariant("ledger.whole")(list)


@pytest.mark.django_db(transaction=True)
def test_verify_writes_nothing() -> None:
    from django.db import InternalError, connection

    with pytest.raises(InternalError, match="read-only"), invariants.one_moment():
        connection.cursor().execute("CREATE TABLE anything ()")
