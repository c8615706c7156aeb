"""The rules of the house that a machine can check: sizes, names, language, who may write."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
CONTEXTS_BOTTOM_UP = [
    "core",
    "matching",
    "accounts",
    "orgs",
    "members",
    "places",
    "ledger",
    "commitments",
    "posts",
    "zones",
    "teams",
    "care",
    "pledges",
    "activities",
    "cases",
    "wishes",
    "councils",
    "mediation",
    "studios",
    "invitations",
    "appraisal",
    "reports",
    "portal",
    "api",
]
FILE_LINES = 500
FUNCTION_LINES = 40
FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|manager|data|info|misc|stuff)(_|$)")
HAN = re.compile(r"[一-鿿]")
WRITING = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
# The rooms' commands; the leaf helpers they call; what runs from a terminal or at night; the demo that plays them.
WRITING_MODULES = {"commands", "core", "cli", "tasks", "demo"}


def python_files(folder: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def test_foreign_keys_point_down() -> None:
    rank = {label: position for position, label in enumerate(CONTEXTS_BOTTOM_UP)}
    upward = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in rank
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model
        and rank.get(field.related_model._meta.app_label, -1) > rank[model._meta.app_label]
    ]
    assert upward == []


def test_facts_never_point_to_accounts() -> None:
    from guangcai.accounts.models import User
    from guangcai.core.facts import Fact

    pointing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if issubclass(model, Fact)
        for field in model._meta.fields
        if field.is_relation and field.related_model is User
    ]
    assert pointing == []


def test_unique_constraints_of_facts_include_the_district() -> None:
    from django.db.models import OneToOneField, UniqueConstraint

    from guangcai.core.facts import Fact

    without = [
        f"{model._meta.label}.{constraint.name}"
        for model in apps.get_models()
        if issubclass(model, Fact)
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and "district_code" not in constraint.fields
    ]
    assert without == []
    # A one-to-one link is unique by the other fact's own key, which names the district already.
    assert OneToOneField is not None


@pytest.mark.parametrize("folder", ["guangcai", "config", "scripts", "tests", "benchmarks"])
def test_files_and_functions_stay_short(folder: str) -> None:
    long_files = [relative(p) for p in python_files(folder) if len(p.read_text().splitlines()) > FILE_LINES]
    long_functions = [
        f"{relative(path)}:{function.name}"
        for path in python_files(folder)
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > FUNCTION_LINES
    ]
    assert long_files == []
    assert long_functions == []


def test_no_folder_or_module_has_an_empty_name() -> None:
    named = [relative(path) for path in python_files("guangcai") if FORBIDDEN_NAMES.search(path.stem)]
    assert named == []


def test_no_chinese_in_code() -> None:
    """Chinese stands in catalogues and data files; docstrings may quote sources."""
    found = []
    for path in python_files("guangcai") + python_files("config"):
        tree = ast.parse(path.read_text())
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        found += [
            f"{relative(path)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
            and HAN.search(node.value)
        ]
    for path in [*ROOT.glob("guangcai/**/*.html"), *ROOT.glob("guangcai/**/static/*/**/*.js")]:
        if "vendor" not in path.parts and HAN.search(path.read_text()):
            found.append(relative(path))
    assert found == []


def test_only_commands_write() -> None:
    """Nothing else calls what writes; `form.save` is not used at all."""
    writing = []
    for path in python_files("guangcai"):
        parts = set(path.with_suffix("").parts)
        if parts & WRITING_MODULES:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITING:
                receiver = ast.unparse(node.func.value)
                if "objects" in receiver or node.func.attr in {"save", "bulk_create"}:
                    writing.append(f"{relative(path)}:{node.lineno} {receiver}.{node.func.attr}")
    assert writing == []


def test_every_template_is_used() -> None:
    """A template is named by code or by another template, or it is dead."""
    sources = "".join(
        path.read_text()
        for pattern in ("guangcai/**/*.py", "guangcai/**/*.html", "config/*.py")
        for path in ROOT.glob(pattern)
    )
    overrides = ("account/", "mfa/", "usersessions/", "allauth/")
    unused = []
    for path in ROOT.glob("guangcai/*/templates/**/*.html"):
        name = str(path).split("/templates/", 1)[1]
        if not name.startswith(overrides) and name not in sources and not re.fullmatch(r"\d{3}\.html", name):
            unused.append(name)
    assert unused == []


def test_an_empty_post_is_a_form_sent_empty() -> None:
    """`request.POST or None` takes it for a form that was never sent, and answers 200 (core.http.posted)."""
    taken = [relative(path) for path in python_files("guangcai") if "request.POST or" in path.read_text()]
    assert taken == []


def test_no_machine_and_no_registry_is_named() -> None:
    hosts = re.compile(
        r"(pypi\.org|pythonhosted\.org|registry\.npmjs|npmmirror|deb\.debian\.org|/root/|/home/\w+/|/work/)"
    )
    tracked = [p for p in ROOT.rglob("*") if p.is_file() and not _ignored(p)]
    named = [relative(p) for p in tracked if p.suffix not in {".mo", ".png"} and hosts.search(_text(p))]
    assert named == [relative(Path(__file__))]


def _ignored(path: Path) -> bool:
    skipped = {".git", ".venv", ".venv-api", ".venv-bench", "node_modules"}
    skipped |= {"var", "vendor", "__pycache__", "build", "dist"}
    return bool(skipped & set(path.relative_to(ROOT).parts)) or any(
        part.endswith(("_cache", ".egg-info")) or part == ".hypothesis" for part in path.parts
    )


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""
