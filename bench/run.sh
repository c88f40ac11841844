#!/usr/bin/env bash
# Benches: run.sh [kernels] (BenchmarkDotNet on every hot kernel) | calls [N] [SECONDS] (what a call costs on this machine).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

kernels() { dotnet run -c Release --project bench/bench.csproj -- --filter '*' "$@"; }

# CPU seconds (user and system) that a process has used.
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/^.*\) /, ""); print ($12 + $13) / hz }' "/proc/$1/stat"; }
resident() { awk '/VmRSS/ { print $2 }' "/proc/$1/status"; }

calls() {
  local count=${1:-200} seconds=${2:-30} work daemon gemini
  [ -x artifacts/matrixd ] || ./build.sh publish
  work=$(mktemp -d)
  trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT
  artifacts/matrixd simulate gemini --listen 127.0.0.1:0 --tls --ca-out "$work/ca.pem" --forget >"$work/gemini.out" 2>"$work/gemini.err" &
  gemini=$!
  wait_for "$work/gemini.out" ready
  cat >"$work/matrixd.toml" <<TOML
[server]
listen = ["127.0.0.1:0"]
max_calls = $((count + 10))
[store]
path = "$work/matrixd.db"
[exotel]
basic_user = "exotel"
basic_password = "bench"
[gemini]
api_key = "bench-key"
base_url = "$(sed -n 's/^ready //p' "$work/gemini.out")"
ca_file = "$work/ca.pem"
[recording]
enabled = ${RECORDING:-false}
directory = "$work/recordings"
[[agent]]
name = "bench"
default = true
prompt = "You answer the phone."
TOML
  artifacts/matrixd run --config "$work/matrixd.toml" --log-level warning >"$work/daemon.out" 2>"$work/daemon.err" &
  daemon=$!
  wait_for "$work/daemon.out" ready
  local rest; rest=$(resident "$daemon")
  local url; url=$(sed -n 's/^ready http/ws/p' "$work/daemon.out")/exotel
  artifacts/matrixd call --url "$url" --basic exotel:bench --count "$count" --ramp 50 --linger "$((seconds + count / 50 + 10))" --json >"$work/calls.json" 2>"$work/calls.err" &
  local caller=$!
  sleep $((count / 50 + 5))
  local before after generator
  before=$(cpu "$daemon"); generator=$(cpu "$caller")
  sleep "$seconds"
  after=$(cpu "$daemon")
  printf 'calls               %d for %d s, 20 ms frames, TLS to Gemini, recording %s\n' "$count" "$seconds" "${RECORDING:-false}"
  awk -v a="$after" -v b="$before" -v n="$count" -v s="$seconds" 'BEGIN { printf "daemon              %.3f CPU ms a call-second\n", (a - b) * 1000 / n / s }'
  awk -v a="$(cpu "$caller")" -v b="$generator" -v n="$count" -v s="$seconds" 'BEGIN { printf "load generator      %.3f CPU ms a call-second (callers)\n", (a - b) * 1000 / n / s }'
  printf 'memory              %d KiB at rest, %d KiB a call\n' "$rest" "$((($(resident "$daemon") - rest) / count))"
  printf 'load average        %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
  kill -INT "$daemon"; wait "$caller" || true
  tail -c 600 "$work/calls.json"
}

wait_for() {
  local i
  for i in $(seq 200); do grep -q "$2" "$1" && return; sleep 0.05; done
  echo "bench: $1 did not say $2" >&2; exit 1
}

case "${1:-kernels}" in
  calls) shift; calls "$@" ;;
  kernels) shift || true; kernels "$@" ;;
  *) echo "usage: ./build.sh bench [kernels | calls [N] [SECONDS]]" >&2; exit 2 ;;
esac
