#!/bin/sh
# Gives a BigBlueButton server meetings, on a member of the control plane: it tells the load balancer (Scalelite) in its own pod, which knows the server by then.
# From standard input: `server ID`, `namespace NAME`, `workload NAME`.
set -eu
told=$(cat)
word() { printf '%s\n' "$told" | sed -n "s/^$1 //p"; }
server=$(word server)
namespace=$(word namespace)
workload=$(word workload)
balancer() {
  k3s kubectl -n "$namespace" exec "deploy/$workload" -c "$workload" -- bundle exec rake "$@" </dev/null 2>&1
}
# The poller makes a server that is new within a round of 20 seconds.
deadline=$(($(date +%s) + 300))
until said=$(balancer "servers:enable[$server]"); do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "expected the load balancer to know $server within five minutes, got: $said; look at the pods of $workload in $namespace, and run this again" >&2
    exit 1
  fi
  sleep 5
done
