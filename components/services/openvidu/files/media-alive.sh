#!/bin/sh
# Whether the server works and still tells browsers the address of its host. A host that was replaced can have another one: the server learns it by being started again.
set -eu

own=$(cat "${ADDRESSES:-/addresses}/$NODE_NAME")
grep -qxF "  node_ip: \"$own\"" "${MEDIA_DIRECTORY:-/media}/livekit.yaml"
exec wget -q -T 4 -O /dev/null "http://$HOST_ADDRESS:${MEDIA_PORT:-7880}/"
