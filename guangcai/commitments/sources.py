"""Which kind of commitment an entry of origin `claim` names: its source is `<word>:<commitment>:<work>`.

A room registers its word once at start (AppConfig.ready); commitments never import it:

    sources.provide("claim", PostClaim)
"""

from guangcai.commitments.models import Commitment

_kinds: dict[str, type[Commitment]] = {}


def provide(word: str, kind: type[Commitment]) -> None:
    """Register the commitments that entries of source `word:` belong to. Raises ValueError when it is taken."""
    if _kinds.setdefault(word, kind) is not kind:
        raise ValueError(f"{word} names another kind of commitment")


def kinds() -> dict[str, type[Commitment]]:
    return dict(_kinds)
