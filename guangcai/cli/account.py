"""Under which account PostgreSQL runs: it refuses root, so root lends it an unprivileged one.

As an ordinary user everything runs as that user. As root the programs run as the owner of an existing data
folder, else as `postgres`, else as a system account `guangcai` that is created, else as `nobody`.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFERRED = ("postgres", "guangcai")


@dataclass(frozen=True)
class Account:
    """Somebody who may own the data folder. `borrowed` when this process runs as somebody else (root)."""

    uid: int
    gid: int
    name: str
    borrowed: bool

    def run(self, command: list[str], **options: Any) -> subprocess.CompletedProcess:
        """Run a program as this account, from the root folder, with nothing of root's environment."""
        options.setdefault("cwd", "/")
        options.setdefault("stdin", subprocess.DEVNULL)
        options["env"] = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **options.get("env", {})}
        if self.borrowed:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(command, **options)

    def own(self, folder: Path) -> Path:
        """Make a folder that only this account can enter."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.borrowed:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)
        return folder


def account_for(existing: Path) -> Account:
    """The account for a data folder.

    existing: a data folder that may be there already; its owner keeps it when root comes along later.
    """
    uid = os.geteuid()
    if uid != 0:
        return Account(uid, os.getegid(), _name(uid), borrowed=False)
    if existing.is_dir() and (owner := existing.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, _name(owner.st_uid), borrowed=True)
    entry = _preferred() or _created() or pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, borrowed=True)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # containers run as numbers without a name
        return str(uid)


def _preferred() -> pwd.struct_passwd | None:
    for name in PREFERRED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _created() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:" + os.environ.get("PATH", ""))
    if useradd is None:
        return None
    command = [useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    done = subprocess.run([*command, "guangcai"], capture_output=True, check=False)
    return _preferred() if done.returncode == 0 else None
