#!/bin/sh
# Gives a BigBlueButton server no new meetings and waits until it has none, on a member of the control plane: it asks the load balancer (Scalelite) in its own pod. Of one
# that is not known, or that answers no more, there is nothing to wait for. From standard input: `server ID`, `namespace NAME`, `workload NAME`, `minutes N`.
set -eu
told=$(cat)
word() { printf '%s\n' "$told" | sed -n "s/^$1 //p"; }
server=$(word server)
namespace=$(word namespace)
workload=$(word workload)
minutes=$(word minutes)
kubectl="k3s kubectl -n $namespace"
# A first deployment has no load balancer yet, and one that is taken down has none any more.
if [ -z "$($kubectl get deployment "$workload" --ignore-not-found -o name)" ]; then exit 0; fi
# Its warnings are no list of servers.
balancer() { $kubectl exec "deploy/$workload" -c "$workload" -- bundle exec rake "$@" </dev/null 2>/dev/null; }
if ! servers=$(balancer servers); then
  echo "expected the load balancer to name its servers, got no answer; look at the pods of $workload in $namespace, and run this again" >&2
  exit 1
fi
if ! printf '%s\n' "$servers" | grep -qx "id: $server"; then exit 0; fi

state() { printf '%s\n' "$servers" | sed -n "/^id: $server\$/,/^id: /p" | tr -d '\t'; }
deadline=$(($(date +%s) + minutes * 60))
silent=0
while :; do
  # Again each time: a load balancer whose cache was lost has its servers anew, all of them at work.
  if ! balancer "servers:cordon[$server]" >/dev/null || ! servers=$(balancer servers); then
    echo "expected the load balancer to take $server off, got no answer; look at the pods of $workload in $namespace, and run this again" >&2
    exit 1
  fi
  meetings=$($kubectl exec "deploy/$workload" -c "$workload" -- bundle exec rake "servers:meeting_list[$server]" </dev/null 2>&1) || meetings=
  case $meetings in
  *"No meetings to display"*) exit 0 ;;
  *"Failed to get"*) silent=$((silent + 1)) ;;
  *) silent=0 ;;
  esac
  # Five times in a row without an answer, and the load balancer's own checks say the same: it is gone, and its meetings with it.
  if [ "$silent" -ge 5 ] && state | grep -qx offline; then exit 0; fi
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "expected $server to be without meetings within $minutes minutes, got some that go on; end them, or raise drainMinutes, and run this again: it gets no new ones" >&2
    exit 1
  fi
  sleep 10
done
