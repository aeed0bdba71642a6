#!/bin/bash
# Whether the relay takes connections on its host's public address.
set -euo pipefail
own=$(<"${ADDRESSES:-/addresses}/$NODE_NAME")
exec 3<>"/dev/tcp/$own/${RELAY_PORT:-443}"
