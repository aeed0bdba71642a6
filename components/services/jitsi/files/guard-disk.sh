#!/bin/bash
# Watches the volume of a recorder. Below RESERVE_MIB of free space no recording begins: Jibri is told to end as soon as it is idle, leaves the room in which Jicofo
# looks for recorders, and the start script waits for space. Below FLOOR_MIB a recording that runs is ended properly, before the disk ends it.
set -uo pipefail

storage="${STORAGE:-/storage}"
internal="${JIBRI_INTERNAL:-http://127.0.0.1:3333/jibri/api/internal/v1.0}"
api="${JIBRI_API:-http://127.0.0.1:2222/jibri/api/v1.0}"

# It ends with the process that it guards.
while kill -0 "$1" 2>/dev/null; do
  free=$(df --output=avail -m "$storage" | tail -n 1)
  if [ "$free" -lt "$RESERVE_MIB" ]; then
    echo "expected $RESERVE_MIB MiB of $storage to be free, got $free: no recording begins"
    curl -fsS -o /dev/null --max-time 5 -X POST "$internal/gracefulShutdown"
  fi
  if [ "$free" -lt "$FLOOR_MIB" ]; then
    echo "expected $FLOOR_MIB MiB of $storage to be free, got $free: the recording ends"
    curl -fsS -o /dev/null --max-time 300 -X POST "$api/stopService"
  fi
  sleep "${REST_SECONDS:-10}"
done
