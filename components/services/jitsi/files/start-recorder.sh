#!/bin/bash
# Starts Jibri once there is room for the longest recording, with a guard beside it. What an earlier one was killed over is handed to the keeper first.
set -euo pipefail

storage="${STORAGE:-/storage}"
scripts="${SCRIPTS:-/scripts}"
config="${JIBRI_CONFIG:-/run/jibri/config}"
mkdir -p "$storage/recordings" "$storage/spool" "$storage/logs" "$config"

for folder in "$storage"/recordings/*/; do
  if [ -d "$folder" ]; then SPOOL="$storage/spool" bash "$scripts/finalize-recording.sh" "$folder" || true; fi
done

# The image copies plain files only (jibri/rootfs/etc/s6-overlay/scripts/config), and a mounted one is a link.
cp -L "${MOUNTED:-/config}/custom-jibri.conf" "$config/"

until [ "$(df --output=avail -m "$storage" | tail -n 1)" -ge "$RESERVE_MIB" ]; do
  echo "expected $RESERVE_MIB MiB of $storage to be free before a recording begins, got less; see why the keeper cannot empty the spool"
  sleep "${REST_SECONDS:-10}"
done

bash "$scripts/guard-disk.sh" $$ &
exec "${@:-/init}"
