#!/bin/sh
# Starts one watcher (Sentinel) of a cache with what the others know. Its identity is made of its name, so that the others know it again after a restart.
set -eu
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"
identity="$(printf '%s' "$CACHE_SELF" | sha1sum | cut -c 1-40)"
find_addresses

primary="$(known)"
[ -n "$primary" ] || primary="$(serving)"
[ -n "$primary" ] || primary="${CACHE_REPLICAS%% *}"

umask 077
{
  cat "$CACHE_FILES/config/sentinel.conf"
  echo "dir $CACHE_RUN"
  echo "bind $POD_IP"
  echo "user default off"
  echo "user internal on >$REDISCLI_AUTH ~* &* +@all"
  echo "sentinel sentinel-user internal"
  echo "sentinel sentinel-pass $REDISCLI_AUTH"
  echo "sentinel myid $identity"
  echo "sentinel announce-ip $CACHE_SELF"
  echo "sentinel monitor cache $primary 6379 $CACHE_QUORUM"
  echo "sentinel auth-user cache internal"
  echo "sentinel auth-pass cache $REDISCLI_AUTH"
  cat "$CACHE_FILES/config/sentinel-cache.conf"
} >"$CACHE_RUN/sentinel.conf"
exec valkey-server "$CACHE_RUN/sentinel.conf" --sentinel
