#!/bin/sh
# Mounts a host's data volume: waits for the device, makes a file system only where there is nothing at all, and never formats what has one.
set -eu
# shellcheck source=/dev/null
. /etc/sovereign-uc/data-volume.env
deadline=$(($(date +%s) + 300))
device=
until [ -b "$device" ]; do
  # shellcheck disable=SC2086 # the pattern is meant as one
  for device in $DATA_DEVICE; do :; done
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "expected a data volume at $DATA_DEVICE within five minutes, got none; attach it and start this unit again" >&2
    exit 1
  fi
  [ -b "$device" ] || sleep 2
done
found=0
blkid -p "$device" >/dev/null 2>&1 || found=$?
# 2: nothing was found on the device. Anything else, an unreadable device included, is not ours to format.
if [ "$found" = 2 ]; then mkfs.ext4 -q -L data "$device"; fi
mkdir -p "$DATA_PATH"
mountpoint -q "$DATA_PATH" || mount -o nodev,nosuid,noexec "$device" "$DATA_PATH"
