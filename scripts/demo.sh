#!/usr/bin/env bash
# The main job on the example input: 6 images and their prompts become 12 portrait videos in demo/.
# Stopped half-way, it continues where it stopped when it is run again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rushes=$(readlink -f .venv)/bin/rushes
folder=$PWD/demo
remembered=$folder/job

mkdir -p "$folder"
job=
if [ -f "$remembered" ]; then
  job=$(cat "$remembered")
  echo "Continuing with job $job" >&2
  code=0
  "$rushes" show "$job" --wait >/dev/null || code=$?
  case $code in
  0) ;;
  1 | 2) job= ;; # it failed or is gone: begin again
  *) exit "$code" ;;
  esac
fi
if [ -z "$job" ]; then
  rm -rf "$folder" # what an earlier demo made; its job is still in your list
  mkdir -p "$folder"
  started=$("$rushes" batch examples/images examples/prompts.txt --name Demo --provider animatic \
    --aspect 9:16 --outputs 2 --duration 4 --seed 1 --yes --no-wait --json)
  job=$(sed -n 's/^ *"job_id": *"\([^"]*\)".*/\1/p' <<<"$started" | head -n 1)
  echo "$job" >"$remembered"
  "$rushes" show "$job" --wait >/dev/null
fi
"$rushes" download "$job" --to "$folder" --zip
rm "$remembered"
echo "Next: make up, and open http://127.0.0.1:8001 to review these takes and start your own job." >&2
