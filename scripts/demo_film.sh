#!/usr/bin/env bash
# The example's film, without key or network: script, voice, typeset pictures, music and captions, in demo-film/.
# Stopped half-way, it continues where it was when it is run again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rushes=$(readlink -f .venv)/bin/rushes
folder=$PWD/demo-film
remembered=$folder/story

mkdir -p "$folder"
story=
if [ -f "$remembered" ]; then
  story=$(cat "$remembered")
  echo "Continuing story $story" >&2
  "$rushes" story show "$story" >/dev/null || story=
fi
if [ -z "$story" ]; then
  started=$("$rushes" film examples/story/rice.md --no-wait --json)
  story=$(sed -n 's/^ *"story_id": *"\([^"]*\)".*/\1/p' <<<"$started" | head -n 1)
  echo "$story" >"$remembered"
fi
"$rushes" story render "$story" --to "$folder"
"$rushes" story export "$story" --to "$folder"
rm "$remembered"
echo "The story is in your own list as well: .venv/bin/rushes story show ${story:0:8}" >&2
