#!/bin/sh
# Before a replica ends: a primary hands over to a replica first, so that nothing is lost and nobody waits until the watchers miss it.
#
# Writes wait meanwhile. Watchers tell the old primary last, some eight seconds after the new one is chosen: it goes by itself, so that there are never two.
set -eu
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"

[ "$(ask "$POD_IP" 6379 ROLE | head -n 1)" = master ] || exit 0
ask "$POD_IP" 6379 CLIENT PAUSE 20000 WRITE
for watcher in $CACHE_WATCHERS; do
  [ "$(ask "$watcher" 26379 SENTINEL FAILOVER cache)" = OK ] || continue
  waited=0
  while [ "$waited" -lt 50 ]; do
    chosen="$(ask "$watcher" 26379 SENTINEL GET-MASTER-ADDR-BY-NAME cache | head -n 1)"
    case "$chosen" in
      "" | *" "* | "$CACHE_SELF") ;;
      *)
        ask "$POD_IP" 6379 REPLICAOF "$chosen" 6379
        break
        ;;
    esac
    sleep 0.2
    waited=$((waited + 1))
  done
  break
done
ask "$POD_IP" 6379 CLIENT UNPAUSE
# Until the proxies have asked again, and their clients have left.
sleep 2
