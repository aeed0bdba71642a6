#!/bin/sh
# Starts HAProxy with the certificates that are there, and hands it each one that changes while it runs: no new process, no connection lost.
# /certificates has NAME.crt and NAME.key of every name; /acme has those that came from an ACME directory, and they go first.
set -u
umask 077
store=/run/edge

# Puts certificate and key of each name into one file, and calls $1 for those that are new.
gather() {
  for key in /certificates/*.key; do
    name=${key##*/}
    name=${name%.key}
    from=/certificates
    if [ -s "/acme/$name.crt" ] && [ -s "/acme/$name.key" ]; then from=/acme; fi
    # A blank line would end what HAProxy reads on its control socket.
    { cat "$from/$name.crt" && echo && cat "$from/$name.key"; } | grep -v '^[[:space:]]*$' >"$store/$name.new"
    if cmp -s "$store/$name.new" "$store/$name.pem"; then
      rm "$store/$name.new"
    else
      "$1" "$name"
    fi
  done
}

start_with() {
  mv "$store/$1.new" "$store/$1.pem"
}

control() {
  nc 127.0.0.1 8405
}

# A pair that does not belong together, because it was read while it changed, is refused here and tried again in the next round.
change() {
  said=$({ printf 'set ssl cert %s <<\n' "$store/$1.pem" && cat "$store/$1.new" && echo; } | control)
  if printf 'commit ssl cert %s\n' "$store/$1.pem" | control | grep -q 'Success!'; then
    mv "$store/$1.new" "$store/$1.pem"
    echo "certificate $1: changed"
  else
    printf 'abort ssl cert %s\n' "$store/$1.pem" | control >/dev/null
    echo "certificate $1: refused, the one before it stays: $said" >&2
  fi
}

# A route of which no pod has answered a check yet would be answered 503. A pod's own network may take seconds to let it out, and HAProxy takes servers for up until then.
searching() {
  stats=$(echo 'show stat' | control) && [ -n "$stats" ] || return 0
  echo "$stats" | awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $2 == "FRONTEND" || $2 == "BACKEND" || $1 == "open" || $1 == "other-replicas" || $1 ~ /^views-/ || $column["status"] == "no check" { next }
    { asked[$1] = 1 }
    $column["check_status"] ~ /OK$/ { answered[$1] = 1 }
    END { for (backend in asked) if (!(backend in answered)) exit 0; exit 1 }'
}

# Where a room or a client belongs, another replica knows: one that has not heard of it would send it elsewhere.
unheard() {
  others=$(echo 'show peers' | control | grep '(remote,') || return 1
  ! echo "$others" | grep '(remote,active)' | grep -q 'last_status=ESTA'
}

# Says that connections may come: once every route has a pod that answers and another replica has said what it knows, or after 15 seconds, since a service or a
# replica that is down takes no other with it.
open() {
  rounds=0
  while { searching || unheard; } && [ "$rounds" -lt 15 ]; do
    sleep 1
    rounds=$((rounds + 1))
  done
  until echo 'enable server open/edge' | control; do sleep 1; done
}

gather start_with
while sleep 5; do gather change; done &
open &
exec haproxy -W -db -f /etc/edge/haproxy.cfg
