#!/bin/bash
# Before a recorder is stopped: no further recording begins, and the one that runs may end by itself. After DRAIN_SECONDS it is ended, and handed over like any
# other.
set -uo pipefail

internal="${JIBRI_INTERNAL:-http://127.0.0.1:3333/jibri/api/internal/v1.0}"
api="${JIBRI_API:-http://127.0.0.1:2222/jibri/api/v1.0}"

busy() { [ "$(curl -fsS --max-time 5 "$api/health" | jq -r .status.busyStatus)" = BUSY ]; }

curl -fsS -o /dev/null --max-time 5 -X POST "$internal/gracefulShutdown"
while busy; do
  if [ "$SECONDS" -ge "$DRAIN_SECONDS" ]; then
    # It answers when the recording is handed over.
    curl -fsS -o /dev/null --max-time 240 -X POST "$api/stopService"
    break
  fi
  sleep "${REST_SECONDS:-5}"
done
