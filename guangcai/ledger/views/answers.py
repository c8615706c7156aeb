"""What several screens answer with: a form that keeps what was typed, a file."""

from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from guangcai.core.errors import RuleBroken

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8", "docx": DOCX, "pdf": "application/pdf"}
# Fields of forms that carry another name than the command's argument.
FORM_FIELDS = {"starts_at": "begins", "ends_at": "ends"}


def refuse(form: Form, broken: RuleBroken) -> None:
    """Show a refusal beside its field, or above the form."""
    name = FORM_FIELDS.get(broken.field or "", broken.field or "")
    form.add_error(name if name in form.fields else None, str(broken.message))


def paper(content: bytes, *, name: str, kind: str) -> HttpResponse:
    """A file under a name that also a Chinese system shows right."""
    headers = {"Content-Disposition": content_disposition_header(True, f"{name}.{kind}") or "attachment"}
    return HttpResponse(content, content_type=TYPES[kind], headers=headers)


Context = dict[str, Any]
