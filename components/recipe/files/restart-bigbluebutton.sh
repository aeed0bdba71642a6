#!/bin/sh
# Part of a recipe: starts BigBlueButton again where one of its settings changed. At a boot nothing did, and systemd starts it by itself.
# restart-bigbluebutton LIST [ROOT]: files, one in a line. ROOT stands before the path of what it remembers, for a look at it elsewhere.
set -eu
seen=${2:-}/var/lib/sovereign-uc/bigbluebutton.seen
now=$(while read -r file; do sha256sum "$file"; done <"$1" | sha256sum)
if [ "$now" = "$(cat "$seen" 2>/dev/null)" ]; then exit 0; fi
bbb-conf --restart
printf '%s\n' "$now" >"$seen"
