#!/bin/sh
# Leads each range of another site into the tunnel to that gateway there which holds its site's virtual address. Only a holder speaks: it sends a keepalive
# into every tunnel each round, so the one that is heard is the one to send to, and both directions of a connection pass the same two gateways.
# From systemd: VIRTUAL_ADDRESS, TUNNELS ("interface=range" each, the preferred ones first), RANGES, RUNTIME_DIRECTORY.
set -eu
cd "$RUNTIME_DIRECTORY"
# Rounds of two seconds without a word after which a gateway counts as silent. Below the 10 seconds after which a gateway that does not hold the
# address, but was sent data, answers with a keepalive of its own.
patience=3

speak() { # speak INTERFACE PEER: a keepalive leaves at once when the interval changes from none to some
  wg set "$1" peer "$2" persistent-keepalive 0
  wg set "$1" peer "$2" persistent-keepalive 25
}
listen() { # listen INTERFACE: counts the rounds in which no more was received
  received=$(wg show "$1" transfer 2>/dev/null | cut -f 2)
  before=
  silent=$patience
  if [ -f "$1" ]; then read -r before silent <"$1"; fi
  if [ -z "$received" ]; then
    silent=$patience
  elif [ "$received" != "${before:-0}" ]; then
    silent=0
  elif [ "$silent" -lt "$patience" ]; then
    silent=$((silent + 1))
  fi
  echo "${received:-0} $silent" >"$1"
}
heard() { # heard INTERFACE
  read -r _ silent <"$1"
  [ "$silent" -lt "$patience" ]
}
lead() { # lead RANGE: keeps the tunnel as long as it is heard, else takes the first that is
  current=$(ip -4 route show exact "$1" metric 100 | sed -n 's/.* dev \([^ ]*\).*/\1/p')
  chosen=
  for tunnel in $TUNNELS; do
    [ "${tunnel#*=}" = "$1" ] || continue
    heard "${tunnel%%=*}" || continue
    if [ -z "$chosen" ] || [ "${tunnel%%=*}" = "$current" ]; then chosen=${tunnel%%=*}; fi
  done
  [ "$chosen" != "$current" ] || return 0
  echo "$1: ${current:-no tunnel} gives way to ${chosen:-no tunnel}"
  if [ -n "$chosen" ]; then
    ip -4 route replace "$1" dev "$chosen" metric 100
  else
    ip -4 route del "$1" metric 100
  fi
}

while :; do
  held=$(ip -4 -o address show to "$VIRTUAL_ADDRESS/32")
  for tunnel in $TUNNELS; do
    interface=${tunnel%%=*}
    peer=$(wg show "$interface" peers 2>/dev/null) || peer=
    if [ -n "$peer" ]; then
      if [ -n "$held" ]; then speak "$interface" "$peer"; else wg set "$interface" peer "$peer" persistent-keepalive 0; fi
    fi
    listen "$interface"
  done
  for range in $RANGES; do lead "$range"; done
  sleep 2
done
