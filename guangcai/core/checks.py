"""What must always hold of the leaf modules' own tables (`guangcai verify`)."""

from collections.abc import Iterable

from guangcai.core import audit, reseal
from guangcai.core.invariants import invariant


@invariant("core.audit.chain")
def audit_chain_is_whole() -> Iterable[str]:
    """Every line of the audit trail follows the one before it."""
    yield from audit.broken_links()


@invariant("core.sealed.opens")
def sealed_columns_open() -> Iterable[str]:
    """Every sealed value opens for its row, and every declared blind index is that of its text."""
    for model in reseal.sealed_models():
        yield from reseal.broken_rows(model)
