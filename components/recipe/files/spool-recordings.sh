#!/bin/sh
# Part of a recipe: hands recordings that BigBlueButton has published over to the bucket from which they are imported, one archive each. An archive is read back and its
# SHA-256 compared before the recording is deleted here; while the store is away, everything stays and the next run tries again.
# spool-recordings [ROOT]: ROOT stands before every path, for a look at it elsewhere. FORMATS are those that each recording is made in, STORE the bucket as rclone knows it.
set -eu
root=${1:-}/var/bigbluebutton
done=$root/recording/status/published
work=$root/recording/spool
# A format that cannot be made keeps the others waiting for so long.
patience=360
mkdir -p "$work"
rm -f "$work"/*
status=0
for first in "$done"/*-*.done; do
  [ -e "$first" ] || continue
  name=${first##*/}
  meeting=${name%-*.done}
  [ -e "$first" ] || continue
  missing=
  for format in $FORMATS; do [ -e "$done/$meeting-$format.done" ] || missing="$missing $format"; done
  if [ -n "$missing" ] && [ -z "$(find "$first" -mmin +"$patience")" ]; then continue; fi

  archive=$work/$meeting.tar
  folders=$(cd "$root/published" && for format in $FORMATS; do if [ -d "$format/$meeting" ]; then echo "$format/$meeting"; fi; done)
  if [ -z "$folders" ]; then continue; fi
  # shellcheck disable=SC2086 # a list of words: meetings have names of hexadecimal digits
  (cd "$root/published" && tar --create --file "$archive" $folders)
  sum=$(sha256sum <"$archive")
  if rclone copyto "$archive" "$STORE/spool/$meeting.tar" && [ "$(rclone cat "$STORE/spool/$meeting.tar" | sha256sum)" = "$sum" ]; then
    echo "$meeting is in the store${missing:+, without}$missing"
    bbb-record --delete "$meeting"
  else
    echo "expected the store to have $meeting as it is here, got another one or none; it stays here, and is tried again" >&2
    status=1
  fi
  rm -f "$archive"
done
exit "$status"
