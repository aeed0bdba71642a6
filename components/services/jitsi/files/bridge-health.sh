#!/bin/bash
# Whether the bridge is well and at the address that it advertises. Its own check is content with any public address (JvbHealthChecker.kt at 4bb0aea, hasValidAddress),
# also with one that its host had before: then every browser is told to send its media to a stranger. So the address that the host has now is compared with
# the one that the bridge started with, and the one on which it listens with those of the host.
set -euo pipefail

curl -fsS --max-time 4 -o /dev/null "${BRIDGE:-http://127.0.0.1:8080}/about/health"

read -r advertised listening <"${STARTED:-/tmp/bridge-addresses}"
own=$(<"${ADDRESSES:-/addresses}/$NODE_NAME")
if [ "$advertised" != "$own" ]; then
  echo "expected to advertise $own, the address of this host, got $advertised; the bridge starts again" >&2
  exit 1
fi
held=$(ip -o -4 address show | awk '{ sub("/.*", "", $4); print $4 }')
if ! grep -qxF "$listening" <<<"$held"; then
  echo "expected to listen on an address of this host, got $listening; the bridge starts again" >&2
  exit 1
fi
