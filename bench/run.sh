#!/usr/bin/env bash
# Benches: run.sh [kernels] (BenchmarkDotNet on every hot kernel) | audio (our resamplers beside other libraries', pairs to listen to) | calls (what a call costs on this machine) | pair (floor and daemon by turns) |
# soak (what stays behind of calls that come and go for hours) | rotation (what moving and losing connections to Gemini costs a call).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

kernels() { dotnet run -c Release --project bench/bench.csproj -- --filter '*' "$@"; }
audio() { . bench/audio/run.sh; }
soak() { . bench/soak.sh; }

native_tools() {
  command -v gcc >/dev/null || command -v clang >/dev/null || need_packages gcc libc6-dev
  [ -e /usr/include/openssl/ssl.h ] || need_packages libssl-dev
  bench/native/build.sh
}

# The load is the clock that all else is measured by: with a processor to itself it runs in real time, where that is allowed (root).
load_first() { first=(); if [ "$(nproc)" -gt 1 ] && chrt -f 10 true 2>/dev/null; then first=(chrt -f 10); else echo "the load runs as all else does: root and a second processor would keep it on time" >&2; fi; }

# calls: what the binary's own command does, with the floor to compare with and the load in C, which costs less than the one in the binary.
calls() {
  ./build.sh native
  native_tools
  load_first
  artifacts/matrixd bench calls --load artifacts/bench/load --floor artifacts/bench/floor ${first:+--load-first} "$@"
}

# pair: floor and daemon by turns under the same load, --calls N (400), --seconds S (20), --rounds R (3), --grid-us US (1000), --binary FILE,
# --against FILE: another build, by turns with the first, to say what a change is worth;
# --busy yes: the machine has other work, so floor and daemon run in real time, too, after the load (root).
# The processor time of one that is measured is divided by the audio that really flowed, so a machine that is busy with other work tells little lies only.
pair() {
  local calls=400 seconds=20 rounds=3 grid=1000 binary=artifacts/matrixd against="" busy="" round
  while [ $# -gt 1 ]; do
    case "$1" in
      --calls) calls=$2 ;; --seconds) seconds=$2 ;; --rounds) rounds=$2 ;; --grid-us) grid=$2 ;; --binary) binary=$2 ;; --against) against=$2 ;; --busy) busy=$2 ;;
      *) echo "bench pair: $1 is not known" >&2; exit 2 ;;
    esac
    shift 2
  done
  [ -x "$binary" ] || ./build.sh native
  native_tools
  load_first
  before=()
  if [ "$busy" = yes ]; then before=(chrt -r 5); fi
  work=$(mktemp -d)
  trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
  for round in $(seq "$rounds"); do
    measure floor "$calls" "$seconds" "$grid" "$binary" | tee -a "$work/results"
    [ -z "$against" ] || measure against "$calls" "$seconds" "$grid" "$against" | tee -a "$work/results"
    measure daemon "$calls" "$seconds" "$grid" "$binary" | tee -a "$work/results"
  done
  awk '{ n[$1]++; value[$1, n[$1]] = $4 }
    function ratio(a, b, name,   i, r, total, all) {
      if (!n[a] || !n[b]) return
      for (i = 1; i <= n[a]; i++) { r = value[a, i] / value[b, i]; all = all sprintf(" %.2f", r); total += r }
      printf "%-19s %.2f (pairs:%s)\n", name, total / n[a], all
    }
    END { ratio("daemon", "floor", "daemon / floor"); ratio("against", "floor", "against / floor"); ratio("daemon", "against", "daemon / against") }' "$work/results"
  echo "load average        $(cut -d' ' -f1-3 /proc/loadavg)"
}

# number NAME: of the line of JSON that the load has answered with.
number() { grep '^{' "$run/load.out" | grep -o "\"$1\":[0-9.]*" | head -n 1 | cut -d: -f2; }
times() { grep '^{' "$run/load.out" | grep -o "\"$1\":{[^}]*" | sed 's/.*"p50_ms":\([0-9.]*\).*"p99_ms":\([0-9.]*\),"max_ms":\([0-9.]*\)/\1,\2,\3/'; }

measure() {
  local what=$1 calls=$2 seconds=$3 grid=$4 binary=$5 load target gemini auth=-
  trap 'kill $(jobs -p) 2>/dev/null || true' EXIT # a pipe's own shell: what it started goes with it, whatever failed
  run=$(mktemp -d -p "$work")
  mkfifo "$run/in"
  "${first[@]}" taskset -c 1 artifacts/bench/load --ca-out "$run/ca.pem" --grid-us "$grid" <"$run/in" >"$run/load.out" 2>"$run/load.err" &
  load=$!
  exec 9>"$run/in"
  wait_for "$run/load.out" ready 10
  gemini=$(sed -n 's/^ready https:..//p' "$run/load.out")
  if [ "$what" = floor ]; then
    "${before[@]}" taskset -c 0 artifacts/bench/floor --gemini "$gemini" --ca "$run/ca.pem" >"$run/target.out" 2>"$run/target.err" 9>&- &
  else
    auth=$(printf 'exotel:a-long-bench-password' | base64)
    configuration >"$run/matrixd.toml"
    "${before[@]}" taskset -c 0 "$binary" run --config "$run/matrixd.toml" --log-level error >"$run/target.out" 2>"$run/target.err" 9>&- &
  fi
  target=$!
  wait_for "$run/target.out" ready 20
  local rest; rest=$(awk '/VmRSS/ { print $2 }' "/proc/$target/status")
  echo "target $(sed -n 's/^ready http:..//p' "$run/target.out") /exotel $auth $target" >&9
  echo "calls $calls" >&9
  wait_for "$run/load.out" '^calls' $((calls / 50 + 60))
  sleep 4 # turns that began during the ramp are over
  echo "measure $seconds" >&9
  wait_for "$run/load.out" '^{' $((seconds + 60))
  awk -v what="$what" -v cpu="$(number cpu_seconds)" -v own="$(number load_cpu_seconds)" -v frames="$(number frames_sent)" -v heard="$(number frames_heard)" -v calls="$calls" \
    -v rss="$(number rss_kib)" -v rest="$rest" -v up="$(times uplink)" -v down="$(times downlink)" -v clear="$(times clear)" -v lag="$(times load_lag)" \
    -v missing="$(number samples_missing)" -v underruns="$(number underruns)" -v lost="$(number frames_lost)" 'BEGIN {
      printf "%-7s %d calls %.3f CPU ms a call-second, load %.3f, %.0f KiB a call; p50,p99,max ms: up %s down %s clear %s load-lag %s; frames lost %d, samples missing %d, under-runs %d\n",
        what, calls, cpu * 1000 / (frames / 50), own * 1000 / (frames / 50), (rss - rest) / calls, up, down, clear, lag, lost, missing, underruns }'
  [ -z "${BENCH_HOOK:-}" ] || TARGET_PID=$target eval "$BENCH_HOOK"
  echo "calls 0" >&9
  sleep 2
  exec 9>&-
  kill "$target" 2>/dev/null || true
  wait "$target" "$load" 2>/dev/null || true
}

configuration() {
  cat <<TOML
[server]
listen = ["127.0.0.1:0"]
max_calls = 20000
[store]
path = "$run/matrixd.db"
[exotel]
basic_user = "exotel"
basic_password = "a-long-bench-password"
[gemini]
api_key = "bench-key"
base_url = "https://$gemini"
ca_file = "$run/ca.pem"
[recording]
enabled = true
directory = "$run/recordings"
[[agent]]
name = "bench"
default = true
prompt = "You answer the phone. The caller is {from}."
TOML
}

# wait_for FILE PATTERN SECONDS
wait_for() {
  local i
  for i in $(seq $(($3 * 10))); do grep -q "$2" "$1" && return; sleep 0.1; done
  echo "bench: $1 did not say $2" >&2
  cat "$run"/*.err >&2
  exit 1
}

# rotation: --calls N (100): half of them have their connection announced away, half have it reset, while their callers speak; over real sockets.
rotation() {
  local calls=100
  if [ "${1:-}" = --calls ]; then calls=$2; shift 2; fi
  [ $# -eq 0 ] || { echo "bench rotation: $1 is not known" >&2; exit 2; }
  MATRIXD_BENCH_CALLS=$calls dotnet test src/matrixd.Tests -c Release --nologo --filter FullyQualifiedName~RotationBench --logger 'console;verbosity=normal' \
    | grep -E '^(connection|goAway|reset) |Failed|Error|error'
  echo "load average        $(cut -d' ' -f1-3 /proc/loadavg)"
}

case "${1:-kernels}" in
  rotation) shift; rotation "$@" ;;
  pair) shift; pair "$@" ;;
  soak) shift; soak "$@" ;;
  calls) shift; calls "$@" ;;
  kernels) shift || true; kernels "$@" ;;
  audio) audio ;;
  *) echo "usage: ./build.sh bench [kernels | audio | calls | pair | soak | rotation] [FLAGS]" >&2; exit 2 ;;
esac
