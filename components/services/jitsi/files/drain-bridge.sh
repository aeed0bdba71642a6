#!/bin/bash
# Takes a bridge out of use before it is stopped: no new participants, then up to DRAIN_SECONDS for those it has. Who is left is moved to another bridge by
# the focus.
set -euo pipefail

bridge="${BRIDGE:-http://127.0.0.1:8080}"
curl -fsS --max-time 5 -X POST "$bridge/colibri/drain/enable" || exit 0

end=$((SECONDS + DRAIN_SECONDS))
while [ "$SECONDS" -lt "$end" ]; do
  metrics=$(curl -fsS --max-time 5 -H 'Accept: text/plain; version=0.0.4' "$bridge/metrics") || exit 0
  left=$(awk '$1 == "jitsi_jvb_local_endpoints" { print int($2) }' <<<"$metrics")
  [ "${left:-0}" -gt 0 ] || exit 0
  sleep "${DRAIN_PAUSE:-5}"
done
