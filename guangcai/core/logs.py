"""What a log line may carry: ids, never what somebody typed into a search box."""

from typing import Any


def without_query(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Cut the query string off the request of a log line: a name or a phone may stand in it."""
    if isinstance(request := event.get("request"), str):
        event["request"] = request.split("?", 1)[0]
    return event
