#!/usr/bin/env bash
# The only entry point: ./build.sh build | demo | test [--full] | bench [what] | publish [--isa baseline | --native] | deb
# Each command does its own set-up on a bare Debian 12 machine that has only the .NET SDK, and names exactly what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$PWD
artifacts=$root/artifacts
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1

say() { printf '%s\n' "build.sh: $*" >&2; }
die() { say "$*"; exit 1; }

need_sdk() {
  command -v dotnet >/dev/null || die "the .NET SDK is missing: install dotnet-sdk-10.0 and put 'dotnet' on the PATH"
  local sdk; sdk=$(dotnet --version 2>/dev/null || true)
  case "$sdk" in 1[0-9].*) ;; *) die "the .NET SDK is ${sdk:-broken}: version 10.0 or newer is needed" ;; esac
}

# need_packages PACKAGE...: installs what is missing, as root or by sudo; else says the line to type.
need_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local sudo=""
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null || die "missing: ${missing[*]}. Type: apt-get install -y ${missing[*]}"
    sudo=sudo
  fi
  say "installing ${missing[*]}"
  local log; log=$(mktemp)
  { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "${missing[@]}"; } >"$log" 2>&1 \
    || { cat "$log" >&2; die "could not install ${missing[*]}"; }
  rm -f "$log"
}

commit() { git rev-parse --short HEAD 2>/dev/null || echo unknown; }

build() {
  need_sdk
  dotnet build matrixd.slnx -c Release -v quiet --nologo "-p:SourceRevisionId=$(commit)"
}

# The newest supported framework whose native compiler the package feed has.
aot_framework() {
  local try=$artifacts/probe cached=$artifacts/.aot-framework
  if [ -s "$cached" ]; then cat "$cached"; return; fi
  mkdir -p "$artifacts"
  if dotnet restore src/matrixd/matrixd.csproj -r "$1" -p:PublishAot=true -p:MatrixdFramework=net10.0 --artifacts-path "$try" >/dev/null 2>&1; then
    echo net10.0 >"$cached"
  else
    say "the package feed lacks the native compiler's runtime for net10.0: publishing for net9.0, which left support on 2026-11-10 (README, Security)"
    echo net9.0 >"$cached"
  fi
  rm -rf "$try"
  cat "$cached"
}

publish() {
  need_sdk
  local isa="" args=()
  while [ $# -gt 0 ]; do
    case "$1" in
      --native) isa=native ;;
      --isa) shift; [ "${1:-}" = baseline ] || die "publish --isa takes 'baseline', for processors older than 2013"; isa=baseline ;;
      *) die "publish knows --native and --isa baseline, not '$1'" ;;
    esac
    shift
  done
  case "$isa" in
    native) args+=(-p:IlcInstructionSet=native) ;;
    baseline) args+=(-p:IlcInstructionSet=sse4.2) ;; # with popcnt, wherever there is the one there is the other
  esac
  local rid archive
  case "$(uname -m)" in
    x86_64) rid=linux-x64 ;;
    aarch64) rid=linux-arm64; [ -n "$isa" ] || args+=(-p:IlcInstructionSet=neon) ;;
    *) die "no native build for $(uname -m): x86_64 or aarch64" ;;
  esac
  command -v clang >/dev/null || command -v gcc >/dev/null || need_packages clang
  command -v clang >/dev/null || args+=(-p:CppCompilerAndLinker=gcc)
  need_packages zlib1g-dev libsqlite3-dev
  archive=$(sqlite_archive)
  local framework; framework=$(aot_framework "$rid")
  local started=$SECONDS out=$artifacts/native
  dotnet publish src/matrixd/matrixd.csproj -c Release -r "$rid" -v quiet --nologo --artifacts-path "$artifacts/build-native" -o "$out" \
    -p:PublishAot=true "-p:MatrixdFramework=$framework" "-p:SqliteArchive=$archive" "-p:SourceRevisionId=$(commit)" "${args[@]}"
  install -m 755 "$out/matrixd" "$artifacts/matrixd"
  say "artifacts/matrixd: $(du -h --apparent-size "$artifacts/matrixd" | cut -f1), $framework, $((SECONDS - started)) s"
}

# A newer SQLite than the distribution's, where its amalgamation is given: SQLITE_AMALGAMATION=directory with sqlite3.c.
sqlite_archive() {
  if [ -n "${SQLITE_AMALGAMATION:-}" ]; then
    [ -f "$SQLITE_AMALGAMATION/sqlite3.c" ] || die "SQLITE_AMALGAMATION=$SQLITE_AMALGAMATION has no sqlite3.c"
    mkdir -p "$artifacts/sqlite"
    cc -O2 -fPIC -DSQLITE_THREADSAFE=1 -DSQLITE_ENABLE_FTS5 -DSQLITE_DQS=0 -c "$SQLITE_AMALGAMATION/sqlite3.c" -o "$artifacts/sqlite/sqlite3.o"
    ar rcs "$artifacts/sqlite/libsqlite3.a" "$artifacts/sqlite/sqlite3.o"
    echo "$artifacts/sqlite/libsqlite3.a"
  else
    find /usr/lib -name libsqlite3.a 2>/dev/null | grep . | head -n 1 || die "libsqlite3.a is missing although libsqlite3-dev is installed"
  fi
}

native_is_fresh() {
  [ -x "$artifacts/matrixd" ] && [ -z "$(find src/matrixd src/matrixd.Audio Directory.Build.props Directory.Packages.props -newer "$artifacts/matrixd" \
    -not -path '*/bin/*' -not -path '*/obj/*' -type f -print -quit)" ]
}

native() { native_is_fresh || publish; }

demo() {
  native
  "$artifacts/matrixd" demo "$@"
}

deb() { die "the Debian package is not part of this version: copy artifacts/matrixd to /usr/bin and use packaging/systemd/matrixd.service"; }

case "${1:-}" in
  build) shift; build "$@" ;;
  demo) shift; demo "$@" ;;
  test) shift; need_sdk; export -f need_packages say die; exec "$root/src/matrixd.Tests/run.sh" "$@" ;;
  bench) shift; need_sdk; export -f need_packages say die; exec "$root/bench/run.sh" "$@" ;;
  publish) shift; publish "$@" ;;
  native) native ;; # publish, where a source is newer than the binary
  deb) shift; deb "$@" ;;
  *) die "usage: ./build.sh build | demo [--out DIR] [--caller FILE.wav] | test [--full] | bench [kernels | audio | calls | pair | soak | rotation] | publish [--isa baseline | --native] | deb" ;;
esac
