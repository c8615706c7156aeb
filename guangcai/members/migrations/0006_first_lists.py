"""Every installation begins with the lists of the sources (A09) and the privacy notice of 2026."""

from django.db import migrations

from guangcai.members.lists import first_lists, first_notice


def load(apps, schema_editor):
    lists, notice = first_lists(), first_notice()
    for position, (code, name) in enumerate(lists["occupations"]):
        fill(apps, "Occupation", code, name=name, position=position)
    for position, (code, name, source) in enumerate(lists["service_kinds"]):
        fill(apps, "ServiceKind", code, name=name, source=source, position=position)
    for position, (code, name, needs_certificate) in enumerate(lists["skill_kinds"]):
        fill(apps, "SkillKind", code, name=name, needs_certificate=needs_certificate, position=position)
    apps.get_model("members", "PrivacyNotice").objects.get_or_create(
        version=notice.version, defaults={"since": notice.since, "text": notice.text}
    )


def fill(apps, model, code, **columns):
    apps.get_model("members", model).objects.get_or_create(code=code, defaults=columns)


class Migration(migrations.Migration):
    dependencies = [("members", "0005_merge_moves_facts")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
