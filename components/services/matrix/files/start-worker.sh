#!/bin/sh
# Starts a worker under the name of its pod: no two processes of a homeserver may have the same.
# Arguments: folder of the configuration, folder that it may write, and the program that takes the options.
set -eu

config=$1
own=$2
shift 2

printf 'worker_name: "%s"\n' "$POD_NAME" >"$own/name.yaml"
exec "$@" --config-path "$config/homeserver.yaml" --config-path "$config/worker.yaml" --config-path "$own/name.yaml" --no-secrets-in-config
