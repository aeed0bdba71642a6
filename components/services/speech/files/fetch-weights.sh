#!/bin/sh
# Brings a folder with a model from the bucket into memory, before the server starts. Its list of digests (SHA256SUMS) is the planned one, every file is as listed, and no
# other one is there; else all of it is thrown away: weights decide what is written about people. It needs sh, BusyBox' tools and rclone.
set -eu

place="$MODELS/$WEIGHTS_SHA256"
refused() {
  rm -rf "$place.part"
  echo "$1; put the planned folder into the bucket, or the SHA-256 of its SHA256SUMS into the plan" >&2
  exit 1
}

rm -rf "$place.part"
rclone copy "store:$WEIGHTS" "$place.part"
cd "$place.part" && [ -f SHA256SUMS ] || refused "expected a file SHA256SUMS in $WEIGHTS, got none"
found=$(sha256sum <SHA256SUMS)
[ "${found%% *}" = "$WEIGHTS_SHA256" ] || refused "expected SHA256SUMS in $WEIGHTS with the SHA-256 $WEIGHTS_SHA256, got ${found%% *}"
sha256sum -c SHA256SUMS >/dev/null 2>&1 || refused "expected files in $WEIGHTS as SHA256SUMS lists them, got others"
listed=$(sed 's|^[0-9a-f]* [ *]||; s|^\./||' SHA256SUMS | sort)
there=$(find . -type f ! -path ./SHA256SUMS | sed 's|^\./||' | sort)
[ "$listed" = "$there" ] || refused "expected no files in $WEIGHTS beside those in SHA256SUMS, got some"
cd "$MODELS"
mv "$place.part" "$place"
