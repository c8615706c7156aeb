"""Addresses of feedback and appraisal."""

from django.urls import path

from guangcai.appraisal.views import quarters, sheets, verdicts, yearly

app_name = "appraisal"
urlpatterns = [
    path("", quarters.quarters, name="quarters"),
    path("quarters/<slug:quarter>/closing/", quarters.close, name="close"),
    path("quarters/<slug:quarter>/closing/progress/", quarters.closing, name="closing"),
    path("quarters/<slug:quarter>/supplements/", quarters.supplements, name="supplements"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/approvals/", sheets.approvals, name="approvals"),
    path("sheets/<uuid:pk>/", sheets.sheet, name="sheet"),
    path("sheets/<uuid:pk>/lines/<uuid:line>/figures/", sheets.figures, name="figures"),
    path("sheets/<uuid:pk>/lines/<uuid:line>/remark/", sheets.remark, name="remark"),
    path("sheets/<uuid:pk>/reading/", sheets.reading, name="reading"),
    path("sheets/<uuid:pk>/answer/", sheets.answer, name="answer"),
    path("sheets/<uuid:pk>/reply/", sheets.reply, name="reply"),
    path("sheets/<uuid:pk>/hand-over/", sheets.hand_over, name="hand_over"),
    path("sheets/<uuid:pk>/paper/<slug:kind>/", sheets.paper, name="paper"),
    path("years/", yearly.appraisals, name="appraisals"),
    path("years/drafts/", yearly.drafts, name="drafts"),
    path("years/verdicts/", verdicts.verdicts, name="verdicts"),
    path("mine/", yearly.mine, name="mine"),
    path("<uuid:pk>/", yearly.appraisal, name="appraisal"),
    path("<uuid:pk>/own-words/", yearly.own_words, name="own_words"),
    path("<uuid:pk>/opinion/", yearly.opinion, name="opinion"),
    path("<uuid:pk>/objection/", yearly.objection, name="objection"),
    path("<uuid:pk>/objection/answer/", yearly.objection_answer, name="objection_answer"),
    path("<uuid:pk>/exemptions/", yearly.exemptions, name="exemptions"),
    path("<uuid:pk>/duties-elsewhere/", yearly.duties_elsewhere, name="duties_elsewhere"),
    path("<uuid:pk>/paper/", yearly.paper, name="appraisal_paper"),
]
