#!/bin/sh
# Lets one host into the cluster, on a member of its control plane, and says which pods it may carry: a host says neither of itself. Its token lives from here
# until the host is registered, a quarter of an hour at most, and is worth nothing before and after. A host that is in already gets its labels and taints
# alone. From standard input: `member NAME`, `machine ID`, `token ID.SECRET`, `taint TAINT` and `label KEY=VALUE` as often as there are any, and last `end`.
set -eu
umask 077
kubectl="k3s kubectl"
life=900
told=$(cat)
words() { printf '%s\n' "$told" | sed -n "s/^$1 //p"; }
[ "$(printf '%s\n' "$told" | tail -n 1)" = end ] || {
  echo "expected everything about a host, got a part; nothing was changed, run it again" >&2
  exit 1
}
member=$(words member)
machine=$(words machine)
token=$(words token)

# The machine under this name, if there is one: a host that was lost may still be registered when its successor comes.
registered() { $kubectl get node "$member" --ignore-not-found -o 'jsonpath={.status.nodeInfo.machineID}'; }
is_in() {
  now=$(registered)
  [ -n "$now" ] && { [ -z "$machine" ] || [ "$now" = "$machine" ]; }
}
secret=bootstrap-token-${token%%.*}
forget() { $kubectl delete secret "$secret" -n kube-system --ignore-not-found >/dev/null; }
if ! is_in; then
  trap forget EXIT
  trap 'exit 1' HUP INT TERM
  forget
  printf '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"%s","namespace":"kube-system"},"type":"bootstrap.kubernetes.io/token","stringData":{"token-id":"%s","token-secret":"%s","usage-bootstrap-authentication":"true","description":"%s joins","expiration":"%s"}}\n' \
    "$secret" "${token%%.*}" "${token#*.}" "$member" "$(date -u -d "+$life seconds" +%Y-%m-%dT%H:%M:%SZ)" |
    $kubectl create -f - >/dev/null
  deadline=$(($(date +%s) + life))
  until is_in; do
    if [ "$(date +%s)" -ge "$deadline" ]; then
      if [ -n "$now" ]; then
        echo "expected $member to be the machine $machine, got $now; kubectl delete node $member if that one is gone, and run this again" >&2
      else
        echo "expected $member to register while its token lives, got no such node; read the journal of k3s there and run this again" >&2
      fi
      exit 1
    fi
    sleep 2
  done
  forget
  trap - EXIT
fi

# What keeps pods off comes before what brings them.
words taint | while read -r taint; do $kubectl taint node "$member" "$taint" --overwrite >/dev/null; done
labels=$(words label | tr '\n' ' ')
# Labels that only the control plane gives and that this host no longer has.
# shellcheck disable=SC2016 # kubectl's template, not the shell's
for name in $($kubectl get node "$member" -o 'go-template={{range $name, $value := .metadata.labels}}{{$name}}{{"\n"}}{{end}}'); do
  case $name in node-restriction.kubernetes.io/* | *.node-restriction.kubernetes.io/*) ;; *) continue ;; esac
  case " $labels" in *" $name="*) ;; *) labels="$labels$name- " ;; esac
done
# All at once: between two of them a host would be something that it is not meant to be.
# shellcheck disable=SC2086 # a list of words
if [ -n "$labels" ]; then $kubectl label node "$member" --overwrite $labels >/dev/null; fi
