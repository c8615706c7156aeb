#!/bin/sh
# `make check`: everything a reviewer should not have to look for. Runs all steps and names those that failed.
set -u
failed=""
step() {
    name=$1
    shift
    started=$(date +%s)
    if output=$("$@" 2>&1); then
        printf '  ok      %-12s %3ds\n' "$name" $(($(date +%s) - started))
    else
        printf '  FAILED  %-12s\n%s\n' "$name" "$output"
        failed="$failed $name"
    fi
}
step format      ruff format --check --output-format concise .
step lint        ruff check --output-format concise .
step types       mypy
step imports     lint-imports
step migrations  python manage.py makemigrations --check --dry-run
step messages    python scripts/check_messages.py
step papers      python scripts/make_word_templates.py --check
step templates   djlint guangcai --lint --quiet
step deploy      python scripts/check_deploy.py
step links       python scripts/check_links.py
if [ -n "$failed" ]; then
    echo "Failed:$failed" >&2
    exit 1
fi
