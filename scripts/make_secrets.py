"""Makes the secrets of a new installation in var/, readable by their owner only. Never replaces one that is there.

GUANGCAI_SECRET_KEY signs sessions and links. GUANGCAI_KEYS ("1:base64") seals phones and addresses: without it a
backup cannot be read, so docs/operations.md says where to keep a copy.
"""

import base64
import os
import secrets
import sys
from pathlib import Path

VAR = Path(os.environ.get("GUANGCAI_VAR") or Path(__file__).resolve().parent.parent / "var")
MAKERS = {
    "GUANGCAI_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "GUANGCAI_KEYS": lambda: "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
}


def make(var: Path) -> list[str]:
    """Write the missing secrets into `var` and return the names of those made."""
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for name, maker in MAKERS.items():
        if os.environ.get(name) or os.environ.get(f"{name}_FILE"):
            continue
        try:
            with os.fdopen(os.open(var / name.lower(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(maker() + "\n")
        except FileExistsError:
            continue
        made.append(name)
    return made


if __name__ == "__main__":
    try:
        made = make(VAR)
    except OSError as error:
        sys.exit(f"The secrets cannot be written: {error}")
    if made:
        print(f"Made in {VAR}: {', '.join(made)}")
