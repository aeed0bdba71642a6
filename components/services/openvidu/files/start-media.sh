#!/bin/sh
# Starts LiveKit with what is known only on its host: the public address that browsers are told and media uses, the relays that it offers them, and the private address
# on which the edge asks it.
# Nobody is asked for an address: the server has no STUN server of its own to ask.
set -eu
umask 077

own=$(cat "${ADDRESSES:-/addresses}/$NODE_NAME")
common="${MEDIA_CONFIGURATION:-/etc/livekit}"
configuration="${MEDIA_DIRECTORY:-/media}/livekit.yaml"

# With recorders, the private address as well: they are inside, and reach no other.
inside=""
if grep -qxF '  advertise_internal_ip: true' "$common/livekit.yaml"; then
  inside=", \"$HOST_ADDRESS/32\""
fi

rm -f "$configuration"
{
  cat "$common/livekit.yaml" "$common/relays/$NODE_NAME.yaml"
  echo "  node_ip: \"$own\""
  echo "  ips: { includes: [\"$own/32\"$inside] }"
} >"$configuration"

exec "${MEDIA_PROGRAM:-/livekit-server}" --config "$configuration" --bind "$HOST_ADDRESS"
