#!/bin/sh
# Tells keepalived on which interface the host's private address is: the cloud names interfaces, the recipe does not know them.
# From systemd: PRIVATE_ADDRESS, RUNTIME_DIRECTORY.
set -eu
interface=$(ip -4 -o address show to "$PRIVATE_ADDRESS/32" | awk 'NR == 1 { print $2 }')
if [ -z "$interface" ]; then
  echo "expected the address $PRIVATE_ADDRESS on an interface, got none; start this unit again when it is there" >&2
  exit 1
fi
echo "\$SEGMENT=$interface" >"$RUNTIME_DIRECTORY/segment.conf"
