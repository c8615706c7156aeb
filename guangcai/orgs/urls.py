"""Addresses of the tree, of organisations, of rights and of rules."""

from django.urls import path

from guangcai.orgs.views import grants, party, policies, tree, units

app_name = "orgs"
urlpatterns = [
    path("", tree.tree, name="tree"),
    path("places/", tree.places, name="places"),
    path("nodes/<int:pk>/", tree.node, name="node"),
    path("nodes/<int:pk>/children/", tree.children, name="children"),
    path("nodes/<int:pk>/children/new/", tree.node_new, name="node_new"),
    path("nodes/<int:pk>/name/", tree.node_name, name="node_name"),
    path("nodes/<int:pk>/profile/", tree.node_profile, name="node_profile"),
    path("nodes/<int:pk>/parent/", tree.node_parent, name="node_parent"),
    path("nodes/<int:pk>/merger/", tree.node_merger, name="node_merger"),
    path("nodes/<int:pk>/ending/", tree.node_end, name="node_end"),
    path("nodes/<int:pk>/grants/", grants.grants, name="grants"),
    path("nodes/<int:pk>/grants/new/", grants.grant_new, name="grant_new"),
    path("grants/<int:pk>/ending/", grants.grant_end, name="grant_end"),
    path("nodes/<int:pk>/policies/", policies.policies, name="policies"),
    path("nodes/<int:pk>/policies/<slug:key>/", policies.policy_new, name="policy_new"),
    path("policies/<int:pk>/ending/", policies.policy_end, name="policy_end"),
    path("units/", units.units, name="units"),
    path("units/export/", units.units_export, name="units_export"),
    path("units/new/", units.unit_new, name="unit_new"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/edit/", units.unit_edit, name="unit_edit"),
    path("units/<int:pk>/ending/", units.unit_end, name="unit_end"),
    path("units/<int:pk>/liaisons/new/", grants.liaison_new, name="liaison_new"),
    path("units/<int:pk>/residences/new/", units.residence_new, name="residence_new"),
    path("units/<int:pk>/instructors/new/", units.instructor_new, name="instructor_new"),
    path("instructors/<int:pk>/ending/", units.instructor_end, name="instructor_end"),
    path("residences/<int:pk>/ending/", units.residence_end, name="residence_end"),
    path("party-organisations/", party.party_organisations, name="party_organisations"),
    path("party-organisations/export/", party.party_organisations_export, name="party_organisations_export"),
    path("party-organisations/new/", party.party_organisation_new, name="party_organisation_new"),
    path("party-organisations/<int:pk>/", party.party_organisation, name="party_organisation"),
    path("party-organisations/<int:pk>/ending/", party.party_organisation_end, name="party_organisation_end"),
    path("party-organisations/<int:pk>/offices/new/", party.office_holder_new, name="office_holder_new"),
    path("offices/<int:pk>/ending/", party.office_holder_end, name="office_holder_end"),
    path("calendar/", policies.calendar_now, name="calendar_now"),
    path("calendar/<int:year>/", policies.calendar, name="calendar"),
]
