#!/bin/bash
# Starts coturn with what is known only on its host: its own public address, the bridges' addresses, the secret of the credentials.
set -euo pipefail
umask 077

addresses="${ADDRESSES:-/addresses}"
configuration="${RELAY_DIRECTORY:-/relay}/turnserver.conf"
own=$(<"$addresses/$NODE_NAME")

rm -f "$configuration"
cat "${RELAY_CONFIGURATION:-/etc/relay/turnserver.conf}" >"$configuration"
{
  echo "listening-ip=$own"
  echo "relay-ip=$own"
  for file in "$addresses"/*; do
    echo "allowed-peer-ip=$(<"$file")"
  done
  echo "static-auth-secret=$(<"${RELAY_SECRET:-/credentials/static-auth-secret}")"
} >>"$configuration"

exec turnserver -c "$configuration"
