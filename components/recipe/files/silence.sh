#!/bin/sh
# Silences what would report to the system's vendor: units that are masked stop, packages that exist for nothing else go.
# silence LIST: does so; LIST has lines "package NAME" and "unit NAME".
# silence LIST check: names what is left, and fails if anything is.
set -eu
list=$1
names() { sed -n "s/^$1 //p" "$list"; }
installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q ' installed$'; }

if [ "${2:-}" = check ]; then
  left=
  for unit in $(names unit); do
    if systemctl is-active --quiet "$unit"; then left="$left $unit"; fi
  done
  for package in $(names package); do
    if installed "$package"; then left="$left $package"; fi
  done
  if [ -n "$left" ]; then
    echo "expected nothing that reports to the system's vendor, got$left; look at the journal of silence.service and start it again" >&2
    exit 1
  fi
  exit 0
fi

# One by one: a unit that a host does not have is no reason to leave the others running.
for unit in $(names unit); do
  if systemctl is-active --quiet "$unit"; then systemctl stop "$unit"; fi
done
gone=
for package in $(names package); do
  if installed "$package"; then gone="$gone $package"; fi
done
if [ -n "$gone" ]; then
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # a list of words
  apt-get purge -q -y $gone
fi
