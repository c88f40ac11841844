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
  local count=${1:-200} seconds=${2:-30} daemon gemini
  [ -x artifacts/matrixd ] || ./build.sh publish
  work=$(mktemp -d)
  trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT
  artifacts/matrixd simulate gemini --listen 127.0.0.1:0 --tls --ca-out "$work/ca.pem" --quiet >"$work/gemini.out" 2>"$work/gemini.err" &
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
  speech "$work/speech.wav" $(((seconds + count / 50 + 16) / 8))
  local url; url=$(sed -n 's/^ready http/ws/p' "$work/daemon.out")/exotel
  artifacts/matrixd call --url "$url" --basic exotel:bench --count "$count" --ramp 50 --wav "$work/speech.wav" --linger 1 --json >"$work/calls.json" 2>"$work/calls.err" &
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
  wait "$caller" || true
  kill "$daemon"; wait "$daemon" || true
  tail -c 600 "$work/calls.json"
}

# speech FILE TIMES: 4 s of speech and 4 s of silence, so many times; 8 kHz, 16 bit, mono.
speech() {
  local sample=src/matrixd/Simulation/caller.wav size=$((128000 * $2)) i
  le() { printf "\\x$(printf %02x $(($1 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))\\x$(printf %02x $(($1 >> 16 & 255)))\\x$(printf %02x $(($1 >> 24 & 255)))"; }
  {
    printf 'RIFF'; le $((size + 36)); printf 'WAVEfmt '; le 16; printf '\x01\x00\x01\x00'; le 8000; le 16000; printf '\x02\x00\x10\x00data'; le "$size"
    for ((i = 0; i < $2; i++)); do
      head -c 64044 "$sample" | tail -c 64000
      head -c 64000 /dev/zero
    done
  } >"$1"
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
