#!/bin/bash
# Starts a recorder as upstream's own script does (build/egress/entrypoint.sh of livekit/egress v1.14.1): a sound server, then the program. Its home is in memory and empty.
# The cache's address and password come last in the configuration, below `redis`.
set -euo pipefail
umask 077

home="${RECORDER_HOME:-/home/egress}"
configuration="$home/egress.yaml"

mkdir -p "$home/tmp" "$home/.cache/xdgr"
{
  cat "${RECORDER_CONFIGURATION:-/etc/egress/egress.yaml}"
  echo "  address: \"$REDIS_HOST\""
  echo "  password: $(<"${RECORDER_SECRETS:-/secrets}/cache.json")"
} >"$configuration"

pulseaudio -D --exit-idle-time=-1 --disallow-exit
exec "${RECORDER_INIT:-/tini}" -- egress --config "$configuration"
