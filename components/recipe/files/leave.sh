#!/bin/sh
# Takes one member, named on standard input with its machine below it, out of the cluster: refuses while another control-plane member is unhealthy, drains it, removes it.
# A member that the cluster does not know has already left; one that answers no more cannot be drained: what it ran is made elsewhere once it is removed.
set -eu
read -r member
read -r machine || machine=
kubectl="k3s kubectl"
registered=$($kubectl get node "$member" -o 'jsonpath={.status.nodeInfo.machineID}' 2>/dev/null) || exit 0
# A host that was lost has been made again already: what has its name by now is another machine, which stays.
if [ -n "$machine" ] && [ "$registered" != "$machine" ]; then exit 0; fi

unhealthy=$($kubectl get nodes -l node-role.kubernetes.io/control-plane \
  -o 'jsonpath={range .items[*]}{.metadata.name}{" "}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' |
  grep -v "^$member " | grep -cv ' True$' || true)
if $kubectl get node "$member" -o 'jsonpath={.metadata.labels}' | grep -q node-role.kubernetes.io/control-plane; then
  if [ "$unhealthy" -gt 0 ]; then
    echo "expected every other control-plane member to be healthy, got $unhealthy that are not; repair them before $member leaves, or see \"When a host is dead\" in the README" >&2
    exit 1
  fi
  k3s etcd-snapshot save --name "before-$member-leaves" >/dev/null
fi
ready=$($kubectl get node "$member" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')
[ "$ready" = Unknown ] || $kubectl drain "$member" --ignore-daemonsets --delete-emptydir-data --timeout=900s
$kubectl delete node "$member"
# What is left of etcd belongs to a member that no longer is: a successor that found it could not join. Snapshots stay.
if [ "$member" = "$(hostname)" ] && [ "${machine:-$(cat /etc/machine-id)}" = "$(cat /etc/machine-id)" ]; then
  systemctl stop k3s
  rm -rf /var/lib/rancher/k3s/server/db/etcd
fi
