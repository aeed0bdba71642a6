#!/bin/bash
# Whether the focus answers and still knows bridges. One that could not enter the bridges' room when it connected never tries again (BaseBrewery.start at a595d0b;
# d1f3e5527 is the retry, which is in no release yet): it answers, and has no bridge for ever. Without a bridge it carries no conference, so a restart ends none;
# bridges that are all away for a moment come back by themselves, so it is given LOST_SECONDS.
set -euo pipefail

stats=$(curl -fsS --max-time 4 "${FOCUS:-http://127.0.0.1:8888}/stats")
seen="${SEEN:-/tmp/bridges-seen}"

if grep -qE '"bridge_count" *: *[1-9]' <<<"$stats" || [ ! -e "$seen" ]; then
  touch "$seen"
fi
age=$(($(date +%s) - $(stat -c %Y "$seen")))
if [ "$age" -ge "${LOST_SECONDS:-300}" ]; then
  echo "expected a bridge within the last ${LOST_SECONDS:-300} s, got none for $age s; the focus starts again" >&2
  exit 1
fi
