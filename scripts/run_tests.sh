#!/bin/sh
# Runs the tests on both cores: first those without a browser, then the browser walks, a file at a time.
# usage: run_tests.sh MARKS [PYTEST ARGUMENTS]    MARKS: a pytest mark expression, "" for all
set -u
marks=${1:-}
shift
also=${marks:+ and $marks}
pytest=.venv/bin/pytest
status=0

$pytest -n 2 --dist loadgroup -m "not browser$also" "$@" || status=$?
[ "$status" = 0 ] || [ "$status" = 5 ] || exit "$status"

if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null; then
    [ "${CI:-}" = true ] && { echo "No Chromium: the tests in the browser did not run." >&2; exit 1; }
    echo "No Chromium: the tests in the browser were skipped." >&2
    exit "$status"
fi
report=var/browser-tests.xml
browser=0
$pytest -n 2 --dist loadfile -m "browser$also" --junitxml="$report" "$@" || browser=$?
[ "$browser" = 0 ] || [ "$browser" = 5 ] || exit "$browser"
# Nothing ran at all: a mistyped argument, not a success.
[ "$status" = 5 ] && [ "$browser" = 5 ] && exit 5
if [ "${CI:-}" = true ]; then
    .venv/bin/python scripts/check_junit.py "$report" || exit 1
fi
