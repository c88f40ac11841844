#!/usr/bin/env bash
# Builds the floor and the load into artifacts/bench, where a source is newer than they are.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
out=../../artifacts/bench
mkdir -p "$out"
[ -x "$out/load" ] && [ -x "$out/floor" ] && [ -z "$(find . -newer "$out/load" -type f -print -quit)" ] && exit
cc=$(command -v gcc || command -v clang)
flags=(-O3 -march=native -std=gnu11 -Wall -Wextra -Werror)
"$cc" "${flags[@]}" -o "$out/floor" floor.c net.c ws.c tls.c -lssl -lcrypto
"$cc" "${flags[@]}" -o "$out/load" load.c caller.c model.c traffic.c net.c ws.c tls.c -lssl -lcrypto -lm
