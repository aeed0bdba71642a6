#!/bin/sh
# Starts Patroni: start-postgres.sh DATA CONFIGURATION. Kubernetes opens all files of a volume to its group when the folder that it mounts is not as it left it, and
# PostgreSQL refuses a data directory that its group can write to.
set -eu
[ ! -d "$1" ] || chmod 0700 "$1"
exec patroni "$2"
