#!/bin/sh
# Takes away old journals of other hosts: what is older than KEPT_DAYS, and of each sender what is beyond its equal share of KEPT_BYTES, oldest first. So a sender
# that writes much loses what it wrote itself. The file that is being written stays.
# From systemd: KEPT_IN, KEPT_BYTES, KEPT_DAYS.
set -eu
cd "$KEPT_IN"
find . -maxdepth 1 -name 'remote-*@*.journal*' -mtime "+$KEPT_DAYS" -delete
senders=$(find . -maxdepth 1 -name 'remote-*.journal*' | sed 's|^\./remote-||; s|@.*||; s|\.journal~*$||' | sort -u)
[ -n "$senders" ] || exit 0
share=$((KEPT_BYTES / $(printf '%s\n' "$senders" | wc -l)))
for sender in $senders; do
  # Blocks that are on the disk, of 512 bytes each: a journal has holes.
  kept=$(find . -maxdepth 1 -name "remote-${sender}[@.]*journal*" -printf '%b\n' | awk '{ n += $1 } END { printf "%d", n * 512 }')
  find . -maxdepth 1 -name "remote-${sender}@*.journal*" -printf '%T@ %b %p\n' | sort -n | while read -r _ blocks file; do
    [ "$kept" -gt "$share" ] || break
    rm -f -- "$file"
    kept=$((kept - blocks * 512))
  done
done
