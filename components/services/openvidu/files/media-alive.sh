#!/bin/sh
# Whether the server works and still tells browsers the address of its host. A host that was replaced can have another one: the server learns it by being started again.
set -eu

own=$(cat "${ADDRESSES:-/addresses}/$NODE_NAME")
grep -qxF "  node_ip: \"$own\"" "${MEDIA_DIRECTORY:-/media}/livekit.yaml"
# Not by an option of wget: BusyBox may be built without.
exec timeout 4 wget -q -O /dev/null "http://$HOST_ADDRESS:${MEDIA_PORT:-7880}/"
