#!/bin/bash
# Whether a recorder is ready (it is well, and there is room for the longest recording), or alive (it answers, and is not idle with a fault that it never recovers
# from by itself).
set -euo pipefail

health=$(curl -fsS --max-time 4 "${JIBRI_API:-http://127.0.0.1:2222/jibri/api/v1.0}/health")
well=$(jq -r .status.health.healthStatus <<<"$health")
busy=$(jq -r .status.busyStatus <<<"$health")

if [ "$1" = alive ]; then
  [ "$well" = HEALTHY ] || [ "$busy" = BUSY ]
  exit
fi
free=$(df --output=avail -m "${STORAGE:-/storage}" | tail -n 1)
if [ "$free" -lt "$RESERVE_MIB" ]; then
  echo "expected $RESERVE_MIB MiB to be free before a recording begins, got $free" >&2
  exit 1
fi
[ "$well" = HEALTHY ]
