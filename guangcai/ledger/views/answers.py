"""What several screens answer with: a form that keeps what was typed."""

from django.forms import Form

from guangcai.core.errors import RuleBroken

# Fields of forms that carry another name than the command's argument.
FORM_FIELDS = {"starts_at": "begins", "ends_at": "ends"}


def refuse(form: Form, broken: RuleBroken) -> None:
    """Show a refusal beside its field, or above the form."""
    name = FORM_FIELDS.get(broken.field or "", broken.field or "")
    form.add_error(name if name in form.fields else None, str(broken.message))
