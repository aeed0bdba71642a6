# Questions that the cache's scripts ask each other's programs. Read by them; never run by itself.
#
# CACHE_SELF      name of this pod, as the others know it
# CACHE_REPLICAS  names of all replicas, the first one the first primary
# CACHE_WATCHERS  names of all watchers (Sentinel)
# CACHE_FILES     folder of the configuration, the authority and the secrets
# CACHE_RUN       folder in memory for what is written here
# shellcheck shell=sh

REDISCLI_AUTH="$(cat "$CACHE_FILES/secrets/internal")"
export REDISCLI_AUTH

# Says something to a server and prints its answer; nothing where there is none within three seconds.
ask() {
  host="$1" port="$2"
  shift 2
  timeout 3 valkey-cli -h "$host" -p "$port" --tls --cacert "$CACHE_FILES/tls/ca.crt" --user internal --no-auth-warning "$@" 2>/dev/null || true
}

# The primary that the watchers know; nothing where none answers.
known() {
  for watcher in $CACHE_WATCHERS; do
    [ "$watcher" != "$CACHE_SELF" ] || continue
    answer="$(ask "$watcher" 26379 SENTINEL GET-MASTER-ADDR-BY-NAME cache | head -n 1)"
    case "$answer" in
      "" | *" "*) ;;
      *) echo "$answer" && return 0 ;;
    esac
  done
}

# A replica beside this one that says of itself that it is the primary.
serving() {
  for replica in $CACHE_REPLICAS; do
    [ "$replica" != "$CACHE_SELF" ] || continue
    if [ "$(ask "$replica" 6379 ROLE | head -n 1)" = master ]; then
      echo "$replica" && return 0
    fi
  done
}
