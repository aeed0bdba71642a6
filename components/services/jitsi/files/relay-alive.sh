#!/bin/bash
# Whether the relay serves and still knows every bridge. A host that was replaced can have another public address: the relay learns it by being started again.
set -euo pipefail
addresses="${ADDRESSES:-/addresses}"

for file in "$addresses"/*; do
  grep -qxF "allowed-peer-ip=$(<"$file")" "${RELAY_DIRECTORY:-/relay}/turnserver.conf"
done
exec 3<>"/dev/tcp/$(<"$addresses/$NODE_NAME")/${RELAY_PORT:-443}"
