#!/bin/sh
# Starts a gateway: the command that follows. The very first one writes the store's id into the database, by which gateways know that they share it. Two that start at
# once on an empty database write one each, and take each other's names for another store's (seen in 4.48). So all but the first wait for one that serves; a minute at
# most for each number, since a store that is there has its id, and the first may be the one that is lost.
#
# POD_NAME         ends with the gateway's number
# STORE_URL        address of the store, which leads to a gateway that is ready
# STORE_AUTHORITY  PEM file of the store's authority
set -eu

left=$((${POD_NAME##*-} * 60))
while [ "$left" -gt 0 ]; do
  if curl -fsS -o /dev/null --max-time 2 --cacert "$STORE_AUTHORITY" "$STORE_URL/healthz" 2>/dev/null; then break; fi
  left=$((left - 1))
  sleep 1
done
exec "$@"
