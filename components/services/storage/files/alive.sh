#!/bin/sh
# Answers yes if the gateway of this pod takes connections, or waits for its database, which another start of the container would not bring back: alive.sh PORT
#
# STORE_WORK  folder in which start-gateway.sh says that it waits
set -eu

[ -e "$STORE_WORK/waits" ] || [ "$(curl -s -o /dev/null --max-time 2 -w '%{time_connect}' "telnet://127.0.0.1:$1" </dev/null || true)" != 0.000000 ]
