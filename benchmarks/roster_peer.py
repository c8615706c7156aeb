"""The peer of B2: django-import-export with rows of the same file, into a table like ours, default and in bulk.

    PYTHONPATH=.venv-bench python -m benchmarks.roster_peer ROWS

Run by benchmarks.roster_import in its own empty database. The file is read with calamine, which is kinder to the peer
than its own reader; units are looked up, dates and phones checked, nothing sealed or compared. Prints JSON: seconds.
"""

import io
import json
import os
import sys
import time
from typing import Any

import django
from django.conf import settings

FIELDS = ("number", "name", "gender", "birth_date", "phone", "work_unit", "job_title", "occupation", "joined_on")
FIELDS += ("member_type", "category", "building", "address", "skill", "remark")


def make_models() -> Any:
    from django.db import models

    class PeerUnit(models.Model):  # noqa: DJ008
        name = models.CharField(max_length=120, unique=True)

        class Meta:
            app_label = "roster_peer"

    class PeerMember(models.Model):  # noqa: DJ008
        number = models.IntegerField()
        name = models.CharField(max_length=60, db_index=True)
        gender = models.CharField(max_length=6)
        birth_date = models.DateField()
        phone = models.CharField(max_length=20, unique=True)
        work_unit = models.ForeignKey(PeerUnit, models.PROTECT)
        job_title = models.CharField(max_length=60)
        occupation = models.CharField(max_length=60)
        joined_on = models.DateField()
        member_type = models.CharField(max_length=30)
        category = models.CharField(max_length=30, blank=True)
        building = models.CharField(max_length=30)
        address = models.CharField(max_length=120)
        skill = models.CharField(max_length=120, blank=True)
        remark = models.CharField(max_length=120, blank=True)

        class Meta:
            app_label = "roster_peer"

    return PeerUnit, PeerMember


def make_resource(unit: Any, member: Any, *, bulk: bool) -> Any:
    from import_export import fields, resources, widgets

    class PeerResource(resources.ModelResource):
        work_unit = fields.Field("work_unit", "work_unit", widgets.ForeignKeyWidget(unit, "name"))

        class Meta:
            model = member
            fields = FIELDS
            import_id_fields = ("phone",)
            use_bulk = bulk
            skip_diff = bulk
            batch_size = 1000

    return PeerResource()


def main() -> None:
    rows = int(sys.argv[1])
    from environ import Env

    database = Env.db_url_config(os.environ["DATABASE_URL"])
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["import_export", "benchmarks.roster_peer"],
        USE_TZ=True,
        SECRET_KEY="bench",  # noqa: S106
    )
    django.setup()
    import python_calamine
    import tablib
    from django.db import connection

    from benchmarks.roster_import import UNITS, make_file

    unit, member = make_models()
    with connection.schema_editor() as editor:
        editor.create_model(unit)
        editor.create_model(member)
    unit.objects.bulk_create(unit(name=f"\u5355\u4f4d{n}") for n in range(UNITS))
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(make_file(rows)))
    table = [[int(row[0]), *row[1:]] for row in book.get_sheet_by_index(0).to_python()[1:]]
    taken = {}
    for mode in ("default", "bulk"):
        member.objects.all().delete()
        data = tablib.Dataset(*table, headers=FIELDS)
        began = time.perf_counter()
        done = make_resource(unit, member, bulk=mode == "bulk").import_data(data, raise_errors=True)
        taken[mode] = round(time.perf_counter() - began, 2)
        if done.totals["new"] != rows or member.objects.count() != rows:
            raise SystemExit(f"{mode}: {done.totals}")
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
