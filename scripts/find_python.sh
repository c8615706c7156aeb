#!/bin/sh
# Prints a Python of at least 3.11 that can make virtual environments; says plainly what is missing otherwise.
set -u
bare=""
for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python3.14 python; do
    path=$(command -v "$name" 2>/dev/null) || continue
    "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    if "$path" -c 'import venv, ensurepip, ssl, sqlite3, zlib' 2>/dev/null; then
        echo "$path"
        exit 0
    fi
    bare="$path"
done
if [ -n "$bare" ]; then
    version=$("$bare" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Found $bare, but it cannot make virtual environments (the module venv or ensurepip is missing)." >&2
    echo "On Debian and Ubuntu: apt-get install python$version-venv. Then run make again." >&2
else
    echo "Python 3.11 or newer is needed and was not found (tried python3.11 to python3.14 and python3)." >&2
    echo "Install it with the system's packages, or name one: make setup PYTHON=/path/to/python3.12" >&2
fi
exit 1
