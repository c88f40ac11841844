#!/usr/bin/env bash
# Everything that is checked: run.sh [--full]. Builds, tests, then runs the binary that ships. Called by ./build.sh test.
# The last line is "N passed, N failed"; skips are printed with their reasons before it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
here=$root/src/matrixd.Tests
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1

case "${1:-}" in
  '') ;;
  --full) export MATRIXD_TEST_FULL=1 ;;
  *) echo "run.sh: $1 is not known: only --full" >&2; exit 2 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tmp"
export TMPDIR=$work/tmp # what tests leave behind goes with it
passed=0
failed=0
skips=()

step() { printf '\n== %s\n' "$*"; }
pass() { passed=$((passed + 1)); printf 'passed  %s\n' "$*"; }
fail() { failed=$((failed + 1)); printf 'FAILED  %s\n' "$*"; }
skip() { skips+=("$*"); printf 'skipped %s\n' "$*"; }

finish() {
  if [ ${#skips[@]} -gt 0 ]; then
    printf '\n%d skipped:\n' ${#skips[@]}
    printf '  %s\n' "${skips[@]}"
  fi
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
  exit
}

# count NAME: an attribute of the test run's counters.
count() { grep -o "<Counters [^>]*" "$work/results/tests.trx" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*'; }

build() {
  step "build, warnings are errors"
  # To a file and not to a pipe: a build server that stays behind would hold a pipe open.
  if dotnet build matrixd.slnx -c Release -v quiet --nologo >"$work/build.log" 2>&1; then
    pass "build"
  else
    grep -E 'error|warning' "$work/build.log" | sort -u | head -n 40
    fail "build"
    finish
  fi
}

native() {
  step "the native binary"
  if "$root/build.sh" native >"$work/native.log" 2>&1; then
    export MATRIXD_BINARY=$root/artifacts/matrixd
    pass "native binary: $("$MATRIXD_BINARY" version --json)"
  else
    tail -n 40 "$work/native.log"
    fail "native binary: ./build.sh publish"
  fi
}

tests() {
  step "tests${MATRIXD_TEST_FULL:+, in full}"
  [ -n "${TOML_TEST_DIR:-}" ] || skip "the TOML specification's own cases: TOML_TEST_DIR does not name the directory that holds them"
  local code=0
  dotnet test "$here/matrixd.Tests.csproj" -c Release --no-build --nologo \
    --logger "trx;LogFileName=tests.trx" --results-directory "$work/results" >"$work/tests.log" 2>&1 || code=$?
  if [ ! -s "$work/results/tests.trx" ]; then
    tail -n 60 "$work/tests.log"
    fail "the test run did not end (exit $code)"
    return
  fi
  grep -E '^\s*seed [0-9]+' "$work/tests.log" | sort -u || true
  if [ "$code" -ne 0 ]; then
    grep -vE '^\s*$' "$work/tests.log" | head -n 400
  fi
  "$here/tests-figures.sh" "$work/results/tests.trx"
  local skipped good bad
  good=$(count passed)
  bad=$(count failed)
  skipped=$(( $(count total) - $(count executed) ))
  passed=$((passed + good))
  failed=$((failed + bad))
  printf '%d tests passed, %d failed, %d skipped\n' "$good" "$bad" "$skipped"
  if [ "$skipped" -gt 0 ]; then
    while IFS= read -r name; do skip "$name"; done < <(grep -o 'testName="[^"]*"[^>]*outcome="NotExecuted"' "$work/results/tests.trx" | sed 's/testName="\([^"]*\)".*/\1/')
  fi
  if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then
    fail "the test run ended with $code although no test failed"
  fi
}

demo() {
  step "demo: a call on this machine, from end to end"
  [ -n "${MATRIXD_BINARY:-}" ] || { skip "demo: there is no native binary"; return; }
  if ! timeout 120 "$MATRIXD_BINARY" demo --out "$work/demo" >"$work/demo.log" 2>&1; then
    tail -n 20 "$work/demo.log"
    fail "demo: exit code"
    return
  fi
  if grep -Eq '"ok" *: *true' "$work/demo/call.json"; then pass "demo: call.json says ok"; else cat "$work/demo/call.json"; fail "demo: call.json says ok"; fi
  # RIFF, WAVE, and more than a second of audio at 8 kHz.
  local wav=$work/demo/call.wav
  if [ -s "$wav" ] && [ "$(head -c 4 "$wav")" = RIFF ] && [ "$(head -c 12 "$wav" | tail -c 4)" = WAVE ] && [ "$(stat -c %s "$wav")" -gt 16044 ]; then
    pass "demo: call.wav is a recording"
  else
    fail "demo: call.wav is a recording"
  fi
  if [ -s "$work/demo/transcript.txt" ]; then pass "demo: transcript.txt has words"; else fail "demo: transcript.txt has words"; fi
}

sdk() {
  step "the official JavaScript SDK against the simulated Gemini"
  [ -n "${MATRIXD_BINARY:-}" ] || { skip "SDK check: there is no native binary"; return; }
  [ -f "$here/Sdk/package.json" ] || { skip "SDK check: src/matrixd.Tests/Sdk is not there"; return; }
  command -v node >/dev/null && command -v npm >/dev/null || { skip "SDK check: node and npm are not installed"; return; }
  cp -r "$here/Sdk" "$work/sdk"
  if ! (cd "$work/sdk" && timeout 180 npm ci --no-audit --no-fund --loglevel=error >"$work/npm.log" 2>&1); then
    tail -n 3 "$work/npm.log"
    skip "SDK check: npm could not install @google/genai"
    return
  fi
  # Its output goes to a file, so that nothing holds this script's pipe.
  "$MATRIXD_BINARY" simulate gemini --listen 127.0.0.1:0 --accept sdk >"$work/gemini.log" 2>&1 &
  local simulator=$! url=""
  for _ in $(seq 100); do
    url=$(grep -oE 'https?://[^ ]+' "$work/gemini.log" | head -n 1 || true)
    [ -n "$url" ] && break
    sleep 0.1
  done
  if [ -n "$url" ] && (cd "$work/sdk" && timeout 60 node sdk-check.mjs "$url") >"$work/sdk.log" 2>&1; then
    cat "$work/sdk.log"
    pass "SDK check"
  else
    cat "$work/gemini.log" "$work/sdk.log" 2>/dev/null || true
    fail "SDK check"
  fi
  kill "$simulator" 2>/dev/null || true
  wait "$simulator" 2>/dev/null || true
}

build
native
tests
demo
sdk
finish
