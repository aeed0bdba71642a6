#!/bin/sh
# Answers yes if the gateway of this pod serves S3 over TLS under its own name.
set -eu

exec curl -fsS -o /dev/null --max-time 4 --cacert "$STORE_AUTHORITY" --resolve "$STORE_HOST:$STORE_PORT:127.0.0.1" "https://$STORE_HOST:$STORE_PORT/healthz"
