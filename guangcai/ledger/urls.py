"""Addresses of the ledger. The desk's lists first, then one record, one person, the street, the public."""

from django.urls import path

from guangcai.ledger.views import back_fills, certificates, confirmations, entries, objections, oversight, phone, public

app_name = "ledger"
urlpatterns = [
    path("", entries.entry_list, name="entries"),
    path("export/", entries.export, name="entries_export"),
    path("confirmations/", confirmations.confirmations, name="confirmations"),
    path("objections/", objections.inbox, name="objections"),
    path("objections/<uuid:pk>/", objections.answer, name="objection"),
    path("entries/<uuid:pk>/", entries.entry, name="entry"),
    path("entries/<uuid:pk>/confirmation/", confirmations.one, name="entry_confirmation"),
    path("entries/<uuid:pk>/decline/", confirmations.declined, name="entry_decline"),
    path("entries/<uuid:pk>/reversal/", entries.reversal, name="entry_reversal"),
    path("entries/<uuid:pk>/objections/", objections.raised, name="entry_objections"),
    path("back-fills/", back_fills.choose, name="back_fills"),
    path("members/<uuid:member_id>/back-fills/", back_fills.add, name="member_back_fills"),
    path("members/<uuid:member_id>/booklet/", phone.booklet, name="booklet"),
    path("members/<uuid:member_id>/booklet/<int:year>.<slug:kind>", phone.booklet_paper, name="booklet_paper"),
    path("members/<uuid:member_id>/certificates/", certificates.issue, name="member_certificates"),
    path("certificates/", certificates.certificate_list, name="certificates"),
    path("certificates/<uuid:pk>/", certificates.certificate, name="certificate"),
    path("certificates/<uuid:pk>/paper.<slug:kind>", certificates.paper, name="certificate_paper"),
    path("plausibility/", oversight.plausibility, name="plausibility"),
    path("samples/", oversight.samples, name="samples"),
    path("samples/<uuid:pk>/", oversight.sample, name="sample"),
    path("mine/", phone.mine, name="mine"),
    path("mine/entries/", phone.my_entries, name="my_entries"),
    path("verification/", public.verification, name="verification"),
    path("verification/<str:number>/", public.verification, name="verification_of"),
]
