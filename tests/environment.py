"""Settings of a test run, loaded as a pytest plugin before Django reads its settings.

Keys are fixed and public: they seal nothing but invented persons.
"""

import os

os.environ.setdefault("GUANGCAI_SECRET_KEY", "tests-only")
os.environ.setdefault("GUANGCAI_KEYS", "1:dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")

if "DATABASE_URL" not in os.environ:
    from guangcai.cli import postgres

    os.environ["DATABASE_URL"] = postgres.ensure()
