#!/bin/sh
# Takes recordings from the spool into the bucket, one after the other, for as long as it runs. Each file is read back from the bucket and its SHA-256 compared;
# only when all are right, and the list of their sums is there as the last one, does the recording leave the volume. It writes nothing to the volume, which may be
# full, and remembers nothing: after an end at any moment, the next start finds what there is to do. It needs sh, BusyBox' tools and rclone.
set -u

spool="${SPOOL:-/storage/spool}"
run="${RUN:-/run/keeper}"
# Bucket and folder, with the store's name in rclone's variables.
store="${STORE:?}"
rest="${REST_SECONDS:-15}"
reserve="$((${RESERVE_MIB:-0} * 1024))"

reachable=1

say() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*"; }

sum() { sha256sum | cut -d ' ' -f 1; }

# The sum of an object as it is read back. What breaks off has none.
read_back() {
  rm -f "$run/broken"
  found=$({ rclone cat "$store/$1" 2>>"$run/log" || : >"$run/broken"; } | sum)
  [ ! -e "$run/broken" ] && echo "$found"
}

# Sizes and names of the objects below a name. That there are none is an answer too (3).
list() {
  rclone lsf --files-only --format sp "$store/$1" >"$run/objects" 2>>"$run/log"
  case $? in 0 | 3) return 0 ;; *) return 1 ;; esac
}

# Size of an object in the list; empty if it is not there.
size_of() { FILE="$1" awk '{ size = $0; sub(/;.*/, "", size); sub(/^[^;]*;/, "") } $0 == ENVIRON["FILE"] { print size }' "$run/objects"; }

# One file into the bucket, unless it is there already; right only if it can be read back.
put() {
  from="$1" object="$2" expected="$3"
  if [ "$(size_of "${object##*/}")" = "$(stat -c %s "$from")" ] && [ "$(read_back "$object")" = "$expected" ]; then return 0; fi
  rclone copyto --ignore-times "$from" "$store/$object" 2>>"$run/log" || return 1
  found=$(read_back "$object") || return 1
  if [ "$found" != "$expected" ]; then
    echo "expected $object to read back as $expected, got $found" >>"$run/log"
    return 1
  fi
}

keep() {
  folder="$1" name="${1##*/}"
  (cd "$folder" && find . -type f | sed 's|^\./||' | LC_ALL=C sort) >"$run/files"
  : >"$run/sums"
  while IFS= read -r file; do
    one=$(sum <"$folder/$file")
    printf '%s  %s\n' "$one" "$file" >>"$run/sums"
  done <"$run/files"
  own=$(sum <"$run/sums")

  # Where another recording of this name is complete, this one goes beside it.
  list "$name" || return 1
  if [ -n "$(size_of SHA256SUMS)" ]; then
    theirs=$(read_back "$name/SHA256SUMS") || return 1
    if [ "$theirs" != "$own" ]; then
      name="$name-$(printf %s "$own" | cut -c 1-8)"
      list "$name" || return 1
    fi
  fi
  while IFS= read -r line; do
    file="${line#*  }"
    put "$folder/$file" "$name/$file" "${line%%  *}" || return 1
  done <"$run/sums"
  # A file that was not read, for whatever reason, keeps all where they are.
  if [ "$(find "$folder" -type f | wc -l)" -ne "$(wc -l <"$run/sums")" ]; then
    echo "expected a sum of every file of $folder, got $(wc -l <"$run/sums")" >>"$run/log"
    return 1
  fi
  put "$run/sums" "$name/SHA256SUMS" "$own" || return 1

  # Out of sight in one step, then away.
  gone="$spool/.kept-${folder##*/}"
  rm -rf "$gone"
  mv "$folder" "$gone" && rm -rf "$gone"
  say "kept $name: $(wc -l <"$run/sums") files"
}

# What monitoring asks for; written aside, so that nobody reads half of it.
tell() {
  waiting=0 oldest=0 now=$(date +%s)
  for folder in "$spool"/*/; do
    [ -d "$folder" ] || continue
    waiting=$((waiting + 1))
    age=$((now - $(stat -c %Z "$folder")))
    if [ "$age" -gt "$oldest" ]; then oldest=$age; fi
  done
  free=$(df -Pk "$spool" | awk 'NR == 2 { print $4 }')
  full=0
  if [ "$free" -lt "$reserve" ]; then full=1; fi
  mkdir -p "$run/served"
  {
    echo '# HELP jitsi_recordings_waiting Recordings on the volume that are not in the bucket yet.'
    echo '# TYPE jitsi_recordings_waiting gauge'
    echo "jitsi_recordings_waiting $waiting"
    echo '# HELP jitsi_recordings_oldest_seconds Time since the oldest of them was handed over.'
    echo '# TYPE jitsi_recordings_oldest_seconds gauge'
    echo "jitsi_recordings_oldest_seconds $oldest"
    echo '# HELP jitsi_recordings_store_reachable 0 after an upload that failed, until one succeeds.'
    echo '# TYPE jitsi_recordings_store_reachable gauge'
    echo "jitsi_recordings_store_reachable $reachable"
    echo '# HELP jitsi_recordings_free_bytes Space that is left on the volume.'
    echo '# TYPE jitsi_recordings_free_bytes gauge'
    echo "jitsi_recordings_free_bytes $((free * 1024))"
    echo '# HELP jitsi_recordings_volume_full 1 if no new recording is taken for want of space.'
    echo '# TYPE jitsi_recordings_volume_full gauge'
    echo "jitsi_recordings_volume_full $full"
  } >"$run/next"
  mv "$run/next" "$run/served/metrics.txt"
}

round() {
  rm -rf "$spool"/.kept-*
  for folder in "$spool"/*/; do
    [ -d "$folder" ] || continue
    if keep "${folder%/}"; then
      reachable=1
    else
      reachable=0
      say "could not keep ${folder%/}: $(tail -n 1 "$run/log"); it is tried again"
    fi
    : >"$run/log"
    tell
  done
  tell
}

mkdir -p "$spool" "$run/served"
: >"$run/log"
tell
server=
if [ -n "${METRICS_PORT:-}" ]; then
  rclone serve http "$run/served" --addr ":$METRICS_PORT" --read-only &
  server=$!
fi
# The first process of a container hears no signal that it does not ask for.
trap 'kill $server 2>/dev/null; exit 0' TERM INT
while :; do
  round
  # A signal ends the rest at once.
  sleep "$rest" &
  wait $!
done
