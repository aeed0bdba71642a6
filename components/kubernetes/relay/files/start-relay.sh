#!/bin/bash
# Starts coturn with what is known only on its host: its own public address, the media hosts' addresses, the secret of the credentials. While that secret is being
# rotated there is a second one, and credentials of either count (get_auth_secrets, userdb.c:312-315 at 8024aa6).
set -euo pipefail
umask 077

addresses="${ADDRESSES:-/addresses}"
configuration="${RELAY_DIRECTORY:-/relay}/turnserver.conf"
secret="${RELAY_SECRET:-/credentials/static-auth-secret}"
own=$(<"$addresses/$NODE_NAME")

rm -f "$configuration"
cat "${RELAY_CONFIGURATION:-/etc/relay/turnserver.conf}" >"$configuration"
{
  echo "listening-ip=$own"
  echo "relay-ip=$own"
  for file in "$addresses"/*; do
    echo "allowed-peer-ip=$(<"$file")"
  done
  echo "static-auth-secret=$(<"$secret")"
  if [ -e "$secret.previous" ]; then
    echo "static-auth-secret=$(<"$secret.previous")"
  fi
} >>"$configuration"

exec turnserver -c "$configuration"
