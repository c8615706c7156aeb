"""Mobile members of the demo: three away, one who came without a transfer."""

from datetime import date, timedelta

from guangcai.activities.commands import ActivityText, add_activity, add_shift, publish_activity
from guangcai.demo.content import mobile
from guangcai.demo.place import SYSTEM
from guangcai.demo.stage import Stage, fixed_id
from guangcai.members.commands import note_contact, register_mobile
from guangcai.members.enums import ContactWay, MobileDirection
from guangcai.members.models import Member
from guangcai.orgs.commands import add_party_organisation
from guangcai.orgs.enums import PartyLevel
from guangcai.orgs.models import PartyOrganisation


def register_mobile_members(stage: Stage) -> None:
    """The street's mobile branch, and who is registered by the desks; a contact where there was one."""
    branch = add_party_organisation(
        name=mobile()["branch"],
        level=PartyLevel.MOBILE_BRANCH,
        founded_on=date(stage.launch.year - 3, 7, 1),
        node=stage.own.parent,
        by=SYSTEM,
        now=stage.founded_at,
    )
    _evening(stage, branch)
    for row in mobile()["members"]:
        since = stage.today - timedelta(days=row["since"])
        member, by = stage.people[row["community"]][row["who"]].member, stage.actor(f"desk:{row['community']}")
        registration = register_mobile(
            member=Member.objects.get(pk=member.pk),
            direction=MobileDirection(row["direction"]),
            since=since,
            expected_until=stage.today + timedelta(days=row["until"]) if row["until"] else None,
            elsewhere=row["elsewhere"],
            branch=branch,
            by=by,
            now=stage.at(since, "10:00"),
        )
        if row["contact"] is None:
            continue
        on = stage.today - timedelta(days=row["contact"])
        note_contact(registration=registration, on=on, way=ContactWay(row["way"]), by=by, now=stage.at(on, "15:00"))


def _evening(stage: Stage, branch: PartyOrganisation) -> None:
    """A small activity after work, held by the branch (A91); study gives no hours."""
    plan = mobile()["activity"]
    community, by = stage.nodes[plan["community"]], stage.actor(f"desk:{plan['community']}")
    now = stage.at(stage.today - timedelta(days=3), "10:00")
    told = ("title", "kind", "content", "conditions", "sign_up_method", "risk_note", "guarantee")
    words = {name: plan[name] for name in told}
    place = plan["place"].format(community=plan["community"])
    text = ActivityText(**words, place=place, lead_name=branch.name, held_by=branch)
    activity = add_activity(id=fixed_id("mobile-activity"), community=community, text=text, by=by, now=now)
    starts_at = stage.planned(stage.today + timedelta(days=plan["in_days"]), plan["start"])
    ends_at = starts_at + timedelta(minutes=plan["minutes"])
    key = fixed_id("mobile-shift")
    add_shift(id=key, activity=activity, starts_at=starts_at, ends_at=ends_at, places=plan["places"], by=by, now=now)
    publish_activity(activity=activity, by=by, now=now)
