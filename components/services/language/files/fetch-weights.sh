#!/bin/sh
# Brings the weights of a model from the bucket into memory, before the server starts. What is not byte for byte the file that was planned is thrown away: weights decide what
# is written about people. It needs sh, BusyBox' tools and rclone.
set -eu

file="$MODELS/$WEIGHTS_SHA256.gguf"
rclone copyto "store:$WEIGHTS" "$file.part"
found=$(sha256sum <"$file.part")
if [ "${found%% *}" != "$WEIGHTS_SHA256" ]; then
  rm -f "$file.part"
  echo "expected weights with the SHA-256 $WEIGHTS_SHA256 in $WEIGHTS, got ${found%% *}; put the planned file into the bucket, or its digest into the plan" >&2
  exit 1
fi
mv "$file.part" "$file"
