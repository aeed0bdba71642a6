#!/bin/sh
# Starts one replica of a cache: it follows the primary that the watchers know. Where nobody knows one, the first replica is the primary.
#
# A primary that starts again is empty, and its replicas would copy that. It first waits until the watchers have chosen one of them.
set -eu
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"
find_addresses

first="${CACHE_REPLICAS%% *}"

# A replica that has been filled and is here to be chosen.
filled() {
  for replica in $CACHE_REPLICAS; do
    [ "$replica" != "$CACHE_SELF" ] || continue
    said="$(ask "$replica" 6379 INFO replication | tr -d '\r')"
    case "$said" in
      *role:slave*) ;;
      *) continue ;;
    esac
    case "$said" in
      *master_repl_offset:0*) ;;
      *) return 0 ;;
    esac
  done
  return 1
}

primary="$(known)"
[ -n "$primary" ] || primary="$(serving)"
[ -n "$primary" ] || primary="$first"
if [ "$primary" = "$CACHE_SELF" ] && filled; then
  echo "this was the primary: waiting until another is chosen, at most 30 seconds"
  waited=0
  while [ "$primary" = "$CACHE_SELF" ] && [ "$waited" -lt 30 ]; do
    sleep 1
    waited=$((waited + 1))
    primary="$(known)"
    [ -n "$primary" ] || primary="$CACHE_SELF"
  done
fi

umask 077
{
  echo "include $CACHE_FILES/config/valkey.conf"
  echo "aclfile $CACHE_FILES/secrets/users.acl"
  echo "dir $CACHE_RUN"
  echo "bind $POD_IP"
  echo "replica-announce-ip $CACHE_SELF"
  echo "masteruser internal"
  echo "masterauth $REDISCLI_AUTH"
  if [ "$primary" != "$CACHE_SELF" ]; then
    echo "replicaof $primary 6379"
  fi
} >"$CACHE_RUN/valkey.conf"
exec valkey-server "$CACHE_RUN/valkey.conf"
