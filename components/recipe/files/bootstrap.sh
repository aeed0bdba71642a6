#!/bin/sh
# Founds the cluster on its first member: once, and never where a member has already data. The recipe itself always joins, so a host that is made
# again later can only join what is there.
set -eu
db=/var/lib/rancher/k3s/server/db/etcd
config=/etc/rancher/k3s/config.yaml.d
join=$config/50-join.yaml
restore() {
  rm -f "$config/60-found.yaml"
  if [ -f "$join.later" ]; then mv "$join.later" "$join"; fi
}
# What a founding that was cut has left behind.
restore
if [ -d "$db" ]; then exit 0; fi
trap restore EXIT INT TERM
# Until now it has tried to join, again and again: it must not start while it is told neither to join nor to found.
systemctl stop k3s
mv "$join" "$join.later"
printf 'cluster-init: true\n' >"$config/60-found.yaml"
systemctl start k3s
[ -d "$db" ] || {
  echo "expected k3s to found a cluster in $db, got none; look at the journal of k3s.service" >&2
  exit 1
}
