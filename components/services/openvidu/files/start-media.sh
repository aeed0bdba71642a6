#!/bin/sh
# Starts LiveKit with what is known only on its host: the public address that browsers are told and media uses, and the private one on which the edge asks it.
# Nobody is asked for an address: the server has no STUN server of its own to ask.
set -eu
umask 077

own=$(cat "${ADDRESSES:-/addresses}/$NODE_NAME")
configuration="${MEDIA_DIRECTORY:-/media}/livekit.yaml"

rm -f "$configuration"
{
  cat "${MEDIA_CONFIGURATION:-/etc/livekit/livekit.yaml}"
  echo "  node_ip: \"$own\""
  echo "  ips: { includes: [\"$own/32\"] }"
} >"$configuration"

exec "${MEDIA_PROGRAM:-/livekit-server}" --config "$configuration" --bind "$HOST_ADDRESS"
