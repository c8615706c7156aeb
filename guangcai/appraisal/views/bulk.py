"""What a bulk form ticked."""

from uuid import UUID

from django.http import HttpRequest


def chosen_ids(request: HttpRequest) -> list[UUID]:
    """The ticked ids; what is no id is left out."""
    return [UUID(value) for value in request.POST.getlist("ids") if _is_id(value)]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
