#!/usr/bin/env bash
# Makes .venv with everything Rushes needs: `setup.sh` to run it, `setup.sh dev` to test it as well.
# Does nothing when nothing has changed since the last time.
set -euo pipefail
umask 022 # as root, PostgreSQL runs as a user of its own and must be able to read its programs
cd "$(dirname "${BASH_SOURCE[0]}")/.."
kind=${1:-run}

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "" "Set-up stopped: $1"
  shift
  for line in "$@"; do say "  $line"; done
  exit 1
}

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  fail "Python 3.11 or newer is needed and was not found." \
    "On Debian or Ubuntu: apt-get install python3 python3-venv" \
    "Is it somewhere else? Say where: PYTHON=/path/to/python3.12 make"
}

# As root, the embedded PostgreSQL would open every folder above its programs to everybody. Below a
# closed folder (such as the home of root) the environment therefore lives elsewhere, behind a link.
closed_folder() {
  "$1" - <<'PY'
import os, pathlib
if os.geteuid() == 0:
    for folder in pathlib.Path(".").resolve().joinpath(".venv").parents:
        if folder.stat().st_mode & 0o005 != 0o005:
            print(folder)
            break
PY
}

make_venv() {
  local python=$1 place=.venv closed
  closed=$(closed_folder "$python")
  if [ -n "$closed" ]; then
    place=/var/lib/rushes/venvs/$(printf '%s' "$PWD" | sha256sum | cut -c1-12)
    if [ -e .venv ] && [ ! -L .venv ]; then
      fail "$PWD/.venv lies below $closed, which is closed to others; as root it has to be elsewhere." \
        "Remove it and run this again: rm -r $PWD/.venv"
    fi
  fi
  if [ -x .venv/bin/python ]; then
    if .venv/bin/python -c 'import pip' 2>/dev/null; then return; fi
    if .venv/bin/python -m ensurepip >/dev/null 2>&1; then return; fi
  fi
  "$python" -c 'import ensurepip, venv' 2>/dev/null || fail "This Python cannot make environments: $python" \
    "On Debian or Ubuntu: apt-get install python3-venv" \
    "Elsewhere: install the venv and ensurepip modules of Python."
  say "Making .venv with $("$python" --version)"
  rm -rf .venv "$place"
  mkdir -p "$(dirname "$place")" 2>/dev/null || fail "$(dirname "$place") cannot be made." \
    "Give it to yourself, or run this as an ordinary user."
  "$python" -m venv "$place" || fail "The environment could not be made in $place." \
    "Is the disk full? Look above for the reason, then run this again."
  if [ -n "$closed" ]; then
    ln -s "$place" .venv
    say "You are root and $closed is closed to others, so the environment is $place; .venv links to it."
  fi
}

network_hint="Check the connection (and the proxy, if you have one), then run this again."

install() {
  local requirements=$1 real
  # By its true name, never through the link: a Python knows itself by the path it was started with,
  # and so would PostgreSQL, which would then open the folders above the link after all.
  real=$(readlink -f .venv)
  "$real/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r scripts/requirements-uv.txt || fail "uv could not be installed." "$network_hint"
  "$real/bin/uv" pip sync --quiet --python "$real/bin/python" --require-hashes --compile-bytecode \
    "$requirements" || fail "The packages of $requirements could not be installed." "$network_hint" \
    "If a hash differs, a package was changed on its way: do not go on; report it."
  "$real/bin/uv" pip install --quiet --python "$real/bin/python" --no-deps \
    --build-constraints scripts/requirements-build.txt --editable . ||
    fail "Rushes itself could not be installed." "$network_hint"
}

# What the environment was made from. A dev environment has everything `make demo` needs as well.
stamp() {
  { cat requirements.txt scripts/requirements-*.txt pyproject.toml "$@" && printf '%s\n' "$PWD" &&
    .venv/bin/python --version; } | sha256sum | cut -d' ' -f1
}
fresh() { [ -f ".venv/made-for-$1" ] && [ "$(cat ".venv/made-for-$1")" = "$(stamp "${@:2}")" ]; }

case $kind in
run | dev) ;;
*) fail "There is no set-up for '$kind'." "Use: scripts/setup.sh [dev]" ;;
esac
if [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null; then
  if [ "$kind" = run ] && fresh run; then exit 0; fi
  if fresh dev requirements-dev.txt; then exit 0; fi
fi
python=$(find_python)
make_venv "$python"
# An environment that once was for development stays one: no going back and forth.
if [ "$kind" = dev ] || [ -f .venv/made-for-dev ]; then
  say "Installing what Rushes and its tests need; this takes a minute or two the first time"
  rm -f .venv/made-for-*
  install requirements-dev.txt
  stamp requirements-dev.txt >.venv/made-for-dev
else
  say "Installing what Rushes needs; this takes a minute the first time"
  rm -f .venv/made-for-*
  install requirements.txt
fi
stamp >.venv/made-for-run
say "The environment is ready."
