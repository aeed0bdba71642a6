#!/bin/sh
# Sends on what a gateway keeps of other hosts' journals, host by host: among the entries of all hosts, those that come late would be passed over.
# What was sent of each host is remembered. The destination stands in the sender's own configuration.
# From systemd: STATE_DIRECTORY.
set -eu
kept=/var/log/journal/remote
sending=
for file in "$kept"/remote-*.journal; do
  host=${file##*/remote-}
  host=${host%.journal}
  # An archived file belongs to the host whose present file stands beside it.
  case $host in '*' | *@*) continue ;; esac
  files="$kept/remote-${host}[@.]*journal"
  sent="$STATE_DIRECTORY/$host"
  cursor=
  [ ! -f "$sent" ] || cursor=$(sed -n 's/^LAST_CURSOR=//p' "$sent")
  # Told what was sent last, the sender sends that again; so it is told what comes next.
  next=$(journalctl --quiet --output=export ${cursor:+"--after-cursor=$cursor"} --file="$files" |
    sed -n '1 { s/^__CURSOR=//p; q; }')
  [ -n "$next" ] || continue
  /lib/systemd/systemd-journal-upload --follow=no --file="$files" --cursor="$next" --save-state="$sent" &
  sending="$sending $!"
done
failed=0
for one in $sending; do
  wait "$one" || failed=1
done
exit "$failed"
