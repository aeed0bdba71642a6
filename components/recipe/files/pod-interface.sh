#!/bin/sh
# Tells flannel which interface its tunnels use: the one that has the address which the kubelet registers. Left alone, it takes the one with the default
# route. On a private host that leads nowhere, and on a door it is the public one. How large pods' packets are follows from this interface, too: it must
# not promise more than the network carries.
# From k3s.env: K3S_NETWORK_MTU, empty where the interface knows it by itself.
set -eu
# shellcheck source=/dev/null
. /etc/sovereign-uc/k3s.env
config=/etc/rancher/k3s
# As k3s reads it: the last file wins.
address=$(cat "$config/config.yaml" "$config"/config.yaml.d/*.yaml 2>/dev/null | sed -n 's/.*"node-ip": *"\([^"]*\)".*/\1/p' | tail -n 1)
if [ -z "$address" ]; then
  echo "expected the host's private address as node-ip in $config, got none; converge the host again" >&2
  exit 1
fi
interface=$(ip -4 -o address show to "$address/32" | sed -n '1s/^[0-9]*: *\([^ ]*\) .*/\1/p')
if [ -z "$interface" ]; then
  echo "expected the address $address on an interface, got none; this unit starts again until it is there" >&2
  exit 1
fi
# Addresses of a link alone come after all others.
first=$(ip -4 -o address show dev "$interface" | grep -v ' inet 169\.254\.' | sed -n '1s/.* inet \([0-9.]*\).*/\1/p')
if [ "$first" != "$address" ]; then
  echo "expected $address as the first address of $interface, since the other hosts' tunnels lead to that one, got $first; take that one away" >&2
  exit 1
fi
mtu=$(ip -o link show dev "$interface" | sed 's/.* mtu \([0-9]*\) .*/\1/')
if [ -n "$K3S_NETWORK_MTU" ] && [ "$mtu" -gt "$K3S_NETWORK_MTU" ]; then
  ip link set dev "$interface" mtu "$K3S_NETWORK_MTU"
fi
mkdir -p "$config/config.yaml.d"
printf '{"flannel-iface":"%s"}\n' "$interface" >"$config/config.yaml.d/65-interface.next"
mv -f "$config/config.yaml.d/65-interface.next" "$config/config.yaml.d/65-interface.yaml"
