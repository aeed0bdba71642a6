# Questions that the cache's scripts ask each other's programs. Read by them; never run by itself.
#
# CACHE_SELF      name of this pod, as the others know it
# CACHE_REPLICAS  names of all replicas, the first one the first primary
# CACHE_WATCHERS  names of all watchers (Sentinel)
# CACHE_FILES     folder of the configuration, the authority and the secrets
# CACHE_RUN       folder in memory for what is written here
# shellcheck shell=sh

# Names are looked up once, by the script that starts the program: each leads to a service of one pod, whose address never changes. Sentinel looks names up while it does
# nothing else, and a resolver that is lost with a host would stop it when it is needed.
if [ -r "$CACHE_RUN/addresses" ]; then
  # shellcheck disable=SC1091 # written by find_addresses
  . "$CACHE_RUN/addresses"
fi

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

# Addresses of some names, of which an address is one, too.
addresses() {
  for name in "$@"; do
    case "$name" in
      *[!0-9.]*) found="$(getent hosts "$name" | head -n 1 | cut -d ' ' -f 1)" ;;
      *) found="$name" ;;
    esac
    if [ -z "$found" ]; then
      echo "expected an address of $name, got none" >&2
      return 1
    fi
    printf '%s ' "$found"
  done
}

# Puts addresses in the place of all names, for this script and those that run beside the program.
find_addresses() {
  mkdir -p "$CACHE_RUN"
  # shellcheck disable=SC2086 # words
  self="$(addresses "$CACHE_SELF")" replicas="$(addresses $CACHE_REPLICAS)" watchers="$(addresses $CACHE_WATCHERS)"
  cat >"$CACHE_RUN/addresses" <<END
CACHE_SELF="${self% }"
CACHE_REPLICAS="${replicas% }"
CACHE_WATCHERS="${watchers% }"
END
  # shellcheck disable=SC1091 # just written
  . "$CACHE_RUN/addresses"
}
