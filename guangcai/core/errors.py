"""What a command may refuse, and how the web, the API and the shell say it.

Commands raise; one middleware, one API handler and one CLI handler map. Nobody catches bare `Exception`.
"""

from django.utils.functional import Promise

Text = str | Promise


class DomainError(Exception):
    """A refusal in words that a person understands. `status` is the HTTP answer."""

    status = 422

    def __init__(self, message: Text, *, field: str | None = None, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code

    def __str__(self) -> str:
        return str(self.message)


class RuleBroken(DomainError):
    """A rule says no; `field` names the form field to mend, if there is one."""

    status = 422


class OutOfScope(DomainError):
    """The row lies outside what the actor may see: answered as if it did not exist."""

    status = 404

    def __init__(self, message: Text = "", **kwargs: str | None) -> None:
        super().__init__(message, code="not_found")


class Forbidden(DomainError):
    """The actor may see this, and may not change it."""

    status = 403

    def __init__(self, message: Text = "", *, field: str | None = None, code: str = "forbidden") -> None:
        super().__init__(message, field=field, code=code)


class Conflict(DomainError):
    """Somebody was first, or the same id was sent with other content."""

    status = 409
