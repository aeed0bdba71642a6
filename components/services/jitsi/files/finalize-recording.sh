#!/bin/bash
# Called by Jibri with the folder of a recording that has ended: hands it over to the keeper, and does nothing else. The folder moves into the spool in one step, on
# the same volume, after its content is on the disk: whatever is killed, and whenever, it is in one of the two places, whole. It is named after the recording, so
# that the same one handed over twice is one; another one of the same name stays beside it.
set -euo pipefail

folder="${1%/}"
spool="${SPOOL:-/storage/spool}"

if [ ! -d "$folder" ]; then
  echo "$folder is not there: it was handed over before"
  exit 0
fi
media=$(find "$folder" -maxdepth 1 -type f ! -name metadata.json -printf '%f\n' | LC_ALL=C sort | head -n 1)
if [ -z "$media" ] && [ ! -e "$folder/metadata.json" ]; then
  echo "$folder is empty: nothing was recorded"
  rmdir "$folder"
  exit 0
fi
# The file's name has the room and the second of its beginning, the folder's the session. Jicofo gives a session that it repeats the same name.
name=$(printf '%s' "${media%.*}${media:+-}${folder##*/}" | LC_ALL=C tr -c 'A-Za-z0-9._-' '_' | sed 's/^\./_/' | tail -c 200)

mkdir -p "$spool"
find "$folder" -type f -exec sync {} +
sync "$folder"

target="$spool/$name"
next=2
while [ -e "$target" ]; do
  if diff -rq "$folder" "$target" >/dev/null; then
    echo "$name is in the spool already"
    rm -r "$folder"
    exit 0
  fi
  target="$spool/$name-$next"
  next=$((next + 1))
done
mv -T "$folder" "$target"
sync "$spool" "$(dirname "$folder")"
echo "handed over ${target##*/}"
