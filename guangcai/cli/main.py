"""The console script `guangcai`.

Every module in guangcai/cli/commands is one command: its name with dashes for underscores, its attribute `command`
a click command. Django is set up before the module is imported, so it may import models at its top; the database
runs before the command's body and stops after it, unless somebody else works with it. A module named in BARE
does without both. Refusals (DomainError) become one sentence on stderr and exit code 2; a command that promises
another code raises `click.exceptions.Exit(code)` itself.
"""

import importlib
import signal
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any

import click

from guangcai.cli import postgres
from guangcai.cli.language import _, reasons, use_for_click, why

COMMANDS = Path(__file__).parent / "commands"
BARE = {"db"}
REFUSED = 2
INTERRUPTED = 130


class Commands(click.Group):
    """The commands found in the folder, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(p.stem.replace("_", "-") for p in COMMANDS.glob("[a-z]*.py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = cmd_name.replace("-", "_")
        if cmd_name not in self.list_commands(ctx):
            return None
        if module in BARE:
            return importlib.import_module(f"guangcai.cli.commands.{module}").command
        from guangcai.cli.boot import start_django  # Django takes a second to load: not for `db`

        start_django()
        command = importlib.import_module(f"guangcai.cli.commands.{module}").command
        if not hasattr(command.callback, "__wrapped__"):
            command.callback = _with_database(command.callback)
        return command


def _with_database(body: Callable) -> Callable:
    @wraps(body)
    def held(*args: Any, **kwargs: Any) -> Any:
        with postgres.hold():
            try:
                return body(*args, **kwargs)
            finally:
                if postgres.configured_url() is None:
                    _close_connections()

    return held


def _close_connections() -> None:
    """Let go of the database before it is stopped."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


@click.group(
    cls=Commands,
    help=_("Guangcai: an act of service is written down once, and every form is computed from it."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="guangcai", prog_name="guangcai")
def cli() -> None:
    pass


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code. Somebody's mistake never shows a traceback."""
    use_for_click()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    sys.exit(run(arguments))


def _leave(number: int, frame: FrameType | None) -> None:
    """Asked to end, leave through every `finally`: the private database is stopped, a half-written file removed."""
    raise SystemExit(128 + number)


def run(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit code: 0 done, 1 found something wrong, 2 refused, 130 interrupted."""
    try:
        result = cli.main(args=arguments, prog_name="guangcai", standalone_mode=False)
    except click.exceptions.Exit as left:
        return left.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("", err=True)
        return INTERRUPTED
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except BrokenPipeError:
        return 0  # `guangcai stats ... | head`
    except Exception as error:  # the edge of the program: anything that is not a refusal goes on as a fault
        sentence = _sentence(error)
        if sentence is None:
            raise
        click.echo(sentence, err=True)
        return REFUSED
    return result if isinstance(result, int) else 0


def _sentence(error: Exception) -> str | None:
    """The words for a refusal or for a missing server or setting; None for a fault of the program."""
    if isinstance(error, postgres.PostgresError):
        return str(error)
    if isinstance(error, OSError) and error.filename and error.errno in reasons():
        return _("The file %(file)s cannot be used: %(reason)s.") % {"file": error.filename, "reason": why(error)}
    import django.core.exceptions
    import django.db

    from guangcai.core.errors import DomainError

    if isinstance(error, DomainError):
        return str(error) or _("Refused: %(kind)s.") % {"kind": type(error).__name__}
    if isinstance(error, django.core.exceptions.ImproperlyConfigured):
        return _("A setting is missing or wrong: %(reason)s") % {"reason": error}
    if isinstance(error, django.db.OperationalError):
        return _("The database does not answer: %(reason)s") % {"reason": str(error).strip()}
    return None
