#!/bin/bash
# Builds a server from the image's own files in a folder that may be written to: the image's root file system may not, and upstream's image is built for no
# database of ours. What does not change is linked to.
#
#   build-server.sh <home of the image> <home of the server>
set -euo pipefail

from="$1"
to="$2"

# A container that starts again finds the server built.
if [ -e "$to/built" ]; then
  exit 0
fi
rm -rf "${to:?}"/*
cp -rs "$from/." "$to"
# These are written by the build, or ask where they stand.
for own in bin conf lib/quarkus lib/quarkus-run.jar; do
  rm -r "${to:?}/$own"
  cp -r "$from/$own" "$to/$own"
done
mkdir -p "$to/data/tmp"
"$to/bin/kc.sh" build
touch "$to/built"
