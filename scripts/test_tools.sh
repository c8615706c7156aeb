#!/bin/sh
# What the tests need besides Python: a Chromium, Chinese fonts, gettext, PostgreSQL.
# Root on a Debian system: installs what is missing. Anybody else is told; tests that need it are then skipped.
set -u
missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    missing="$missing chromium"
{ command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ]; } ||
    missing="$missing fontconfig fonts-noto-cjk"
command -v xgettext >/dev/null || missing="$missing gettext"
{ command -v pg_ctl >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || [ -n "${DATABASE_URL:-}" ]; } ||
    missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null >/dev/null || true
    # shellcheck disable=SC2086
    if apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null; then exit 0; fi
    echo "apt-get could not install them." >&2
fi
echo "Missing for the tests:$missing" >&2
echo "  chromium and fonts: the tests in the browser are skipped without them;" >&2
echo "  gettext: the comparison of message catalogues is skipped; postgresql: the wheel is used instead." >&2
echo "  On Debian and Ubuntu: sudo apt-get install$missing" >&2
[ "${CI:-}" = true ] && exit 1
exit 0
