#!/bin/bash
# Whether the relay answers and still knows every media host. A host that was replaced can have another public address: the relay learns it by being started again.
set -euo pipefail

for file in "${ADDRESSES:-/addresses}"/*; do
  grep -qxF "allowed-peer-ip=$(<"$file")" "${RELAY_DIRECTORY:-/relay}/turnserver.conf"
done
exec /bin/bash "${BASH_SOURCE[0]%/*}/relay-ready.sh"
