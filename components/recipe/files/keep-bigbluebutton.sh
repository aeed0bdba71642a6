#!/bin/sh
# Part of a recipe: what a BigBlueButton server holds of meetings lies on its encrypted volume. Each folder is moved there once on every host, after the packages have
# made it, and is bound over its old place before anything starts that writes there.
# keep-bigbluebutton LIST VOLUME [ROOT]: LIST has `kept FOLDER` for what outlives the host, `fresh FOLDER` for what its packages make anew, and `unit NAME` for what
# writes there. ROOT stands before every path but these two, for a look at it elsewhere.
set -eu
list=$1
volume=$2
root=${3:-}
state=$root/var/lib/sovereign-uc
copied=$state/bigbluebutton.copied
moved=$state/bigbluebutton.moved
if ! mountpoint -q "$volume"; then
  echo "expected the data volume at $volume, got none mounted; look at data-volume.service: nothing of BigBlueButton starts without it" >&2
  exit 1
fi
folders=$(sed -n 's/^\(kept\|fresh\) //p' "$list")
has() { grep -qxF "$2" "$1" 2>/dev/null; }

stopped=
stop() {
  units=$(sed -n 's/^unit //p' "$list")
  for unit in $units; do
    if systemctl is-active --quiet "$unit"; then stopped="$stopped $unit"; fi
  done
  # shellcheck disable=SC2086 # a list of units
  if [ -n "$stopped" ]; then systemctl stop $stopped; fi
}

# System users and groups have the numbers that this host's packages drew; the volume may come from a host that drew others.
numbers() {
  getent passwd | awk -F: '$3 > 0 && $3 < 1000 { print "uid", $1, $3 }'
  getent group | awk -F: '$3 > 0 && $3 < 1000 { print "gid", $1, $3 }'
}
give() { # give KIND FROM TO
  if [ "$1" = uid ]; then find "$volume" -uid "$2" -exec chown -h "$3" {} +; else find "$volume" -gid "$2" -exec chgrp -h "$3" {} +; fi
}
adopt() {
  numbers >"$state/numbers"
  # By way of numbers that nobody has: two names may have changed places.
  while read -r kind name old; do
    new=$(sed -n "s/^$kind $name //p" "$state/numbers")
    if [ -n "$new" ] && [ "$new" != "$old" ]; then
      give "$kind" "$old" $((new + 1000000))
      echo "$kind $new" >>"$state/numbers.changed"
    fi
  done <"$volume/numbers"
  if [ ! -e "$state/numbers.changed" ]; then return; fi
  while read -r kind new; do give "$kind" $((new + 1000000)) "$new"; done <"$state/numbers.changed"
  rm -f "$state/numbers.changed"
}

for folder in $folders; do has "$moved" "$folder" || missing=yes; done
if [ -n "${missing:-}" ]; then
  stop
  if [ ! -e "$copied" ] && [ -e "$volume/numbers" ]; then adopt; fi
fi
for folder in $folders; do
  place=$root$folder
  own=$volume$folder
  mkdir -p "$place"
  if mountpoint -q "$place"; then continue; fi
  if ! has "$moved" "$folder"; then
    if ! has "$copied" "$folder"; then
      if has "$list" "fresh $folder"; then rm -rf "$own"; fi
      mkdir -p "$own"
      # What the volume has already stays as it is.
      cp -a -n "$place/." "$own/"
      chown --reference="$place" "$own"
      chmod --reference="$place" "$own"
      sync -f "$own"
      echo "$folder" >>"$copied"
    fi
    find "$place" -mindepth 1 -delete
    echo "$folder" >>"$moved"
  fi
  mount --bind "$own" "$place"
done
numbers >"$volume/numbers.next"
mv -f "$volume/numbers.next" "$volume/numbers"
# They wait until this is done.
# shellcheck disable=SC2086
if [ -n "$stopped" ]; then systemctl --no-block start $stopped; fi
