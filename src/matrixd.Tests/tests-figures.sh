#!/usr/bin/env bash
# tests-figures.sh FILE.trx: what tests measured and printed, such as times and memory of the native binary. Nothing of it is asserted.
set -euo pipefail
grep -oE '(listening after|round [0-9]+: ready after|[0-9]+ acknowledged rows|seed [0-9]+ )[^<]*' "$1" | sort -u | head -n 40 || true
