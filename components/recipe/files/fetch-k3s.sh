#!/bin/sh
# Takes the k3s of this release from the operator's store, unless it is there. Only what has the digest of this stack's lock is run; where nothing is locked,
# the store's own checksum file says what it should be: that finds a damaged download, not a store in somebody else's hands.
set -eu
# shellcheck source=/dev/null
. /etc/sovereign-uc/k3s.env
binary=/usr/local/bin/k3s
release=/usr/local/lib/sovereign-uc/k3s-release
locked() { printf '%s  %s\n' "$K3S_SHA256" "$1" | sha256sum -c --status 2>/dev/null; }
if [ -n "$K3S_SHA256" ]; then
  if locked "$binary"; then exit 0; fi
elif [ "$(cat "$release" 2>/dev/null)" = "$K3S_RELEASE" ]; then
  exit 0
fi
next=$(mktemp -d)
trap 'rm -rf "$next"' EXIT
cd "$next"
curl -fsS --proxy "$K3S_PROXY" -O "$K3S_URL_OF_BINARY/k3s"
if [ -n "$K3S_SHA256" ]; then
  locked k3s || {
    echo "expected k3s $K3S_RELEASE with the digest $K3S_SHA256 of this stack's lock, got $(sha256sum k3s | cut -d ' ' -f 1); see who writes to the store, then mirror it again" >&2
    exit 1
  }
else
  echo "no digest of k3s $K3S_RELEASE is locked: whoever holds the store decides what runs here" >&2
  curl -fsS --proxy "$K3S_PROXY" -O "$K3S_URL_OF_BINARY/sha256sum-amd64.txt"
  grep ' k3s$' sha256sum-amd64.txt | sha256sum -c --quiet
fi
# Beside its place and renamed: a run that is cut leaves no half.
install -m 0755 k3s "$binary.next"
mv -f "$binary.next" "$binary"
printf '%s\n' "$K3S_RELEASE" >"$release"
