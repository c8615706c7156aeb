"""Text of which nothing can be seen counts as empty: what was sent is read by `posted`, and rules ask `is_blank`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.test_house import python_files, relative

# Here blank text is what the function is about.
READERS = {"guangcai/core/http.py"}
JUDGING = ("rules", "forms", "commands")
WHOLE = (ast.Call, ast.keyword, ast.Assign, ast.IfExp, ast.BoolOp, ast.NamedExpr, ast.Return)
ASKING = (ast.If, ast.IfExp, ast.While, ast.comprehension)


def handed_on_unread(tree: ast.AST) -> Iterator[int]:
    """Lines where the whole of request.POST goes somewhere, to a form above all: `posted(request)` belongs there."""
    for parent in ast.walk(tree):
        if isinstance(parent, WHOLE):
            for child in ast.iter_child_nodes(parent):
                if isinstance(child, ast.Attribute) and ast.unparse(child).endswith("request.POST"):
                    yield child.lineno


def stripped_to_judge(tree: ast.AST) -> Iterator[int]:
    """Lines where a text is called empty because nothing is left after strip(): that misses what cannot be seen."""
    for node in ast.walk(tree):
        asked: list[ast.expr] = []
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            asked = [node.operand]
        elif isinstance(node, ast.comprehension):
            asked = node.ifs
        elif isinstance(node, ASKING):
            asked = [node.test]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("bool", "any", "all"):
            asked = node.args
        asked += [one for joined in asked if isinstance(joined, ast.BoolOp) for one in joined.values]
        yield from (one.lineno for one in asked if _is_strip(one))


def _is_strip(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "strip"
        and not node.args
    )


def _judges(path: Path) -> bool:
    """Rules, forms and commands of a room, as one file or as a folder."""
    return any(part.removesuffix(".py").endswith(JUDGING) for part in path.parts[-2:]) and "cli" not in path.parts


def test_what_was_sent_reaches_no_form_unread() -> None:
    found = [
        f"{relative(path)}:{line}"
        for path in python_files("guangcai")
        if relative(path) not in READERS
        for line in handed_on_unread(ast.parse(path.read_text()))
    ]
    assert found == []


def test_rules_ask_whether_a_text_can_be_seen() -> None:
    found = [
        f"{relative(path)}:{line}"
        for path in python_files("guangcai")
        if _judges(path)
        for line in stripped_to_judge(ast.parse(path.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    ["NoteForm(request.POST)", "NoteForm(data=request.POST)", "said = request.POST", "Form(request.POST or None)"],
)
def test_the_guard_sees_what_was_sent_unread(code: str) -> None:
    assert list(handed_on_unread(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "if not text.strip(): pass",
        "if required and not text.strip(): pass",
        "x = a if note.strip() else b",
        "[one for one in lines if one.strip()]",
        "Reach(has_name=bool(name.strip()))",
        "if text.strip() or seen: pass",
    ],
)
def test_the_guard_sees_a_text_that_is_only_stripped(code: str) -> None:
    assert list(stripped_to_judge(ast.parse(code)))


def test_reading_one_field_and_storing_without_padding_are_free() -> None:
    code = 'a = request.POST.get("a")\nb = "b" in request.POST\nc = request.POST["c"]\nrow.note = note.strip()'
    assert not list(handed_on_unread(ast.parse(code)))
    assert not list(stripped_to_judge(ast.parse(code)))
