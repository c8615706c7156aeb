"""Django's `check --deploy` as a server behind TLS would run it; any warning is an error."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVER = {"GUANGCAI_TLS": "1", "GUANGCAI_DEMO": "0", "GUANGCAI_DEBUG": "0", "GUANGCAI_HOSTS": "guangcai.example"}

if __name__ == "__main__":
    command = [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"]
    sys.exit(subprocess.run(command, env={**os.environ, **SERVER}, check=False).returncode)
