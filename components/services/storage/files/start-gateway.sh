#!/bin/sh
# Starts a gateway: the command that follows, and starts it anew when its database has fallen silent.
#
# The very first one writes the store's id into the database, by which gateways know that they share it. Two that start at once on an empty database write one each, and
# take each other's names for another store's (seen in 4.48). So all but the first wait for one that serves; a minute at most for each number, since a store that is there
# has its id, and the first may be the one that is lost.
#
# A host that dies says no goodbye. A gateway that waits for the database on such a host waits until its kernel gives the connection up, a quarter of an hour, and holds
# the lock of the object that it writes: whoever writes that object again waits behind it, also when another has long been the primary (seen in 4.48; seaweedfs cc8364a,
# weed/s3api/s3api_object_routed_write.go asks without a limit, weed/server/filer_grpc_server.go ObjectTransaction holds the lock; jackc/pgx 728cefa pgconn/config.go sets
# none on the connection, and there is no setting for one). So a gateway is killed once what it sent to the database was sent again six times, which takes 13 seconds at
# least, or two probes of an idle connection got no answer. What was not acknowledged comes again from its client.
#
# POD_NAME                 ends with the gateway's number
# STORE_URL                address of the store, which leads to a gateway that is ready
# STORE_AUTHORITY          PEM file of the store's authority
# STORE_WORK               folder in which it says that it waits for the database, so that nobody takes it for dead (alive.sh)
# STORE_DATABASE_PORT      port of the database
# WEED_POSTGRES2_HOSTNAME  its host
set -eu

gateway=
ending=
ended() {
  ending=yes
  if [ -z "$gateway" ]; then exit 143; fi
  kill -TERM "$gateway" 2>/dev/null || true
}
trap ended TERM INT

# A trap is heard at once while the shell waits, and only after a command that runs in front.
nap() {
  sleep "$1" &
  wait $! || true
}

# Established connections to the database, by the columns of Linux' Documentation/networking/proc_net_tcp.rst: times that it was sent again, probes without an answer.
silent() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$(printf ':%04X' "$STORE_DATABASE_PORT")" '
    $4 == "01" && substr($3, length($3) - 4) == port && (("x" $7) >= "x00000006" || $9 + 0 >= 2) { found = 1 }
    END { exit !found }'
}

# True once the database takes a connection; curl then waits for a word in vain.
answers() {
  connected="$(curl -s -o /dev/null --max-time 2 -w '%{time_connect}' "telnet://$WEED_POSTGRES2_HOSTNAME:$STORE_DATABASE_PORT" </dev/null || true)"
  [ "$connected" != 0.000000 ]
}

rm -f "$STORE_WORK/waits"
left=$((${POD_NAME##*-} * 60))
while [ "$left" -gt 0 ]; do
  if curl -fsS -o /dev/null --max-time 2 --cacert "$STORE_AUTHORITY" "$STORE_URL/healthz" 2>/dev/null; then break; fi
  left=$((left - 1))
  nap 1
done

while :; do
  "$@" &
  gateway=$!
  while kill -0 "$gateway" 2>/dev/null; do
    if silent; then
      echo "expected the database to answer, got silence: the gateway starts anew" >&2
      kill -KILL "$gateway" 2>/dev/null || true
      wait "$gateway" 2>/dev/null || true
      gateway=
      if [ -n "$ending" ]; then exit 143; fi
      : >"$STORE_WORK/waits"
      until answers; do nap 1; done
      rm "$STORE_WORK/waits"
      continue 2
    fi
    nap 1
  done
  status=0
  wait "$gateway" || status=$?
  exit "$status"
done
