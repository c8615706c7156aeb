"""The scripts behind make: they run before anything else is there, so they are tried as programs."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from guangcai.cli import postgres

SCRIPTS = postgres.ROOT / "scripts"


def script(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    interpreter = ["sh"] if name.endswith(".sh") else [sys.executable]
    return subprocess.run(
        [*interpreter, str(SCRIPTS / name), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    var = tmp_path / "var"
    clean = {"GUANGCAI_VAR": str(var), "GUANGCAI_KEYS": "", "GUANGCAI_SECRET_KEY": ""}
    assert script("make_secrets.py", **clean).returncode == 0
    first = {path.name: path.read_text() for path in var.iterdir()}
    assert set(first) == {"guangcai_keys", "guangcai_secret_key"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in var.iterdir()} == {0o600}
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    assert script("make_secrets.py", **clean).stdout == ""
    assert {path.name: path.read_text() for path in var.iterdir()} == first


def test_the_made_key_ring_is_one_the_product_reads(tmp_path: Path, settings) -> None:
    from guangcai.core import crypto

    script("make_secrets.py", GUANGCAI_VAR=str(tmp_path), GUANGCAI_KEYS="")
    settings.GUANGCAI_KEYS = (tmp_path / "guangcai_keys").read_text().strip()
    token = crypto.seal("13800138000", "row", "phone")
    assert crypto.open_sealed(token, "row", "phone") == "13800138000"


def test_secrets_given_in_the_environment_are_not_written(tmp_path: Path) -> None:
    script("make_secrets.py", GUANGCAI_VAR=str(tmp_path), GUANGCAI_KEYS="1:a", GUANGCAI_SECRET_KEY_FILE="/etc/key")
    assert list(tmp_path.iterdir()) == []


def test_a_python_that_is_too_old_or_bare_is_named(tmp_path: Path) -> None:
    sh = shutil.which("sh")
    assert sh is not None

    def find(body: str) -> subprocess.CompletedProcess:
        fake = tmp_path / "python3"
        fake.write_text(f"#!{sh}\n{body}\n")
        fake.chmod(0o755)
        return subprocess.run(
            [sh, str(SCRIPTS / "find_python.sh")],
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert "3.11 or newer" in find("exit 1").stderr
    bare = find('case "$2" in *ensurepip*) exit 1;; *print*) echo 3.11;; esac')
    assert bare.returncode == 1
    assert "apt-get install python3.11-venv" in bare.stderr
    good = find("exit 0")
    assert (good.returncode, good.stdout) == (0, f"{tmp_path}/python3\n")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The scripts in a tree of their own, so that they look at what the test wrote."""
    shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run_copied(tree: Path, name: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(tree / "scripts" / name)]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def write_catalogue(tree: Path, **entries: str) -> Path:
    path = tree / "guangcai" / "room" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    for msgid, msgstr in entries.items():
        catalogue.append(polib.POEntry(msgid=msgid, msgstr=msgstr))
    catalogue.save(str(path))
    return path


def test_catalogues_are_compiled_without_gettext(copied: Path) -> None:
    catalogue = write_catalogue(copied, Save="保存")
    assert run_copied(copied, "compile_messages.py").returncode == 0
    compiled = polib.mofile(str(catalogue.with_suffix(".mo")))
    assert [(entry.msgid, entry.msgstr) for entry in compiled] == [("Save", "保存")]


def test_links_that_lead_nowhere_are_named(copied: Path) -> None:
    (copied / "docs").mkdir()
    (copied / "docs" / "there.md").write_text("# Keys and locks\n")
    (copied / "README.md").write_text(
        "[good](docs/there.md#keys-and-locks) [outside](https://example.org) `[code](nowhere.md)`\n"
        "[bad](docs/gone.md) [lost](docs/there.md#gone)\n"
    )
    subprocess.run(["git", "init", "-q"], cwd=copied, check=True)
    done = run_copied(copied, "check_links.py")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "README.md: docs/gone.md: there is no such file",
        "README.md: docs/there.md#gone: there is no such heading",
    ]


@pytest.mark.parametrize(
    ("counts", "code"), [('tests="3" skipped="0"', 0), ('tests="3" skipped="1"', 1), ('tests="0" skipped="0"', 1)]
)
def test_in_ci_a_skipped_browser_walk_is_a_missing_one(tmp_path: Path, counts: str, code: int) -> None:
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite {counts}/></testsuites>")
    assert script("check_junit.py", str(report)).returncode == code
