#!/bin/sh
# Joins hosts that the autoscaler has made to the cluster: they boot without any secret and wait behind a filter for this script, which runs on every
# member of the control plane. A lease for each address keeps two members off one host. Each host joins with a token of its own that lives five minutes and
# is deleted as soon as the host is in. A host whose recipe has changed since is converged in the same way; a node whose machine is gone is deleted. Labels come from here too.
# From systemd: JOIN_GROUPS, JOIN_ID_PREFIX, JOIN_SERVER, JOIN_HOST (this one), JOIN_FOLDER, RUNTIME_DIRECTORY.
# With an address: joins the host there, whose lease the caller holds.
set -eu
umask 077
cd "$JOIN_FOLDER"
run=$RUNTIME_DIRECTORY
kubectl="k3s kubectl"
# Seconds that one host may take to join, that a lease outlasts it, that a token lives, and that a node may be not ready before its machine counts as gone.
patience=1200
margin=60
life=300
absence=300

nodes() { # prints name|address|ready|since when|digest of its recipe|its SSH key|, of every node
  $kubectl get nodes -o 'jsonpath={range .items[*]}{.metadata.name}|{.status.addresses[?(@.type=="InternalIP")].address}|{.status.conditions[?(@.type=="Ready")].status}|{.status.conditions[?(@.type=="Ready")].lastTransitionTime}|{.metadata.annotations.sovereign-uc/recipe}|{.metadata.annotations.sovereign-uc/host-key}|{"\n"}{end}'
}
field() { # field NUMBER LINE
  printf '%s\n' "$2" | cut -d '|' -f "$1"
}
at() { # at ADDRESS FILE: the line of the node there, if there is one
  grep -F "|$1|" "$2" | head -n 1
}
key_at() { # key_at ADDRESS: the key that answers there now, if any does
  awk -v address="$1" '$1 == address { print $3; exit }' "$run/answering"
}
same() { # same LINE KEY: whether the machine with that key may be the node of that line
  pinned=$(field 6 "$1")
  [ -z "$pinned" ] || [ "$pinned" = "$2" ] || {
    echo "expected the SSH key of $(field 1 "$1") at $(field 2 "$1"), got another; nothing is sent there while that node is in the cluster" >&2
    return 1
  }
}
elastic() { # elastic NAME: whether the cloud names machines of ours so
  case " $JOIN_GROUPS " in *" ${1%-*} "*) ;; *) return 1 ;; esac
  case ${1##*-} in '' | *[!0-9a-f]*) return 1 ;; esac
}
digest=$(cat payload labels | sha256sum | cut -c 1-16)

if [ $# -eq 1 ]; then
  address=$1
  work=$(mktemp -d "$run/one.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  key=$(key_at "$address")
  printf '%s ssh-ed25519 %s\n' "$address" "$key" >"$work/known"
  on() { # on COMMAND: there, with what comes on standard input
    ssh -F /dev/null -i key -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes -o LogLevel=ERROR \
      -o UserKnownHostsFile="$work/known" -o GlobalKnownHostsFile=/dev/null -o HostKeyAlgorithms=ssh-ed25519 \
      -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=6 "root@$address" "$1"
  }
  file() { # file PATH, with its content on standard input: a line of the recipe
    printf 'file 0600 root:root %s %s\n' "$(printf '%s' "$1" | base64 -w 0)" "$(base64 -w 0)"
  }

  # Somebody else may have been here since this round looked.
  nodes >"$work/nodes"
  there=$(at "$address" "$work/nodes")
  same "$there" "$key"
  if [ "$(field 5 "$there")" = "$digest" ]; then exit 0; fi

  on "$(cat contact)" </dev/null >"$work/contact"
  name=$(on hostname </dev/null)
  if ! elastic "$name" || { [ "$(field 1 "$there")" != "$name" ] && grep -q "^$name|" "$work/nodes"; }; then
    echo "expected a name of its own that begins with one of $JOIN_GROUPS at $address, got $name; see who made that machine" >&2
    exit 1
  fi
  id=$(on 'cat /var/lib/cloud/data/instance-id' </dev/null)
  case $id in
  '' | *[!0-9A-Za-z-]*)
    echo "expected the number of a machine at $address, got $id; see what its cloud-init says" >&2
    exit 1
    ;;
  esac
  printf '{"node-ip":"%s","server":"%s","kubelet-arg":["provider-id=%s%s"]}\n' \
    "$address" "$JOIN_SERVER" "$JOIN_ID_PREFIX" "$id" | file /etc/rancher/k3s/config.yaml.d/60-itself.yaml >"$work/itself"

  if [ -z "$there" ]; then
    # Everything but k3s: packages and its download may take longer than a token lives. One that runs already would not read another token.
    { sed '$d' payload | grep -v '^unit [a-z]* k3s\.service ' && cat "$work/itself" && echo end; } >"$work/recipe"
    on "$(cat converge)" <"$work/recipe" >/dev/null
    on 'systemctl stop k3s.service && /usr/local/lib/sovereign-uc/fetch-k3s' </dev/null
  fi
  until=$(($(date +%s) + life))
  token=$(k3s token create --ttl "${life}s" --description "join-$address")
  {
    sed '$d' payload
    cat "$work/itself"
    printf '%s\n' "$token" | file /etc/rancher/k3s/token
    echo end
  } >"$work/recipe"
  on "$(cat converge)" <"$work/recipe" >/dev/null
  until [ "$($kubectl get node "$name" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null)" = True ]; do
    if [ "$(date +%s)" -ge "$until" ]; then
      echo "expected $name to be ready while its token lives, got no such node; read the journal of k3s there" >&2
      exit 1
    fi
    sleep 1
  done
  # What decides which pods it gets, no host says of itself. All at once: no moment in which it would be something else.
  # shellcheck disable=SC2046 # a list of words
  $kubectl label node "$name" --overwrite $(cat labels) >/dev/null
  $kubectl annotate node "$name" --overwrite "sovereign-uc/recipe=$digest" "sovereign-uc/host-key=$key" >/dev/null
  echo "$name at $address is in the cluster"
  exit 0
fi

lease() { # lease ADDRESS [VERSION]: what this host would hold from now on
  printf '{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"join-%s","namespace":"kube-system"%s},' \
    "$1" "${2:+,\"resourceVersion\":\"$2\"}"
  printf '"spec":{"holderIdentity":"%s","leaseDurationSeconds":%s,"renewTime":"%s"}}\n' \
    "$JOIN_HOST" $((patience + margin)) "$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)"
}
take() { # take ADDRESS: whether this host may see to it now
  if lease "$1" | $kubectl create -f - >/dev/null 2>&1; then return 0; fi
  held=$($kubectl get lease "join-$1" -n kube-system -o 'jsonpath={.spec.holderIdentity}|{.spec.renewTime}|{.metadata.resourceVersion}') || return 1
  until=$(($(date -d "$(field 2 "$held")" +%s) + patience + margin))
  # What this host holds itself is left from a run that was cut: there is one at a time.
  if [ "$(field 1 "$held")" != "$JOIN_HOST" ] && [ "$(date +%s)" -lt "$until" ]; then return 1; fi
  # Refused when another was quicker.
  lease "$1" "$(field 3 "$held")" | $kubectl replace -f - >/dev/null 2>&1
}
give_back() { # give_back ADDRESS: its tokens go, whatever happened, and then the lease
  for token in $(k3s token list | awk -v described="join-$1" '$5 == described { print $1 }'); do
    k3s token delete "$token" >/dev/null
  done
  $kubectl delete lease "join-$1" -n kube-system >/dev/null
}

# Tokens of hosts whose joining was cut.
for left in $(k3s token list | awk '$5 ~ /^join-/ { print substr($5, 6) }' | sort -u); do
  if take "$left"; then give_back "$left"; fi
done

nodes >"$run/nodes"
ssh-keyscan -T 3 -t ed25519 -f addresses >"$run/answering" 2>/dev/null || true

# The autoscaler deletes machines, nobody their nodes. One that is not ready goes when nothing answers there any more, or another machine.
while IFS='|' read -r name address ready since _ pinned _ <&3; do
  if ! grep -qxF "$address" addresses || ! elastic "$name" || [ "$ready" = True ] || [ -z "$since" ]; then continue; fi
  if [ $(($(date +%s) - $(date -d "$since" +%s))) -lt "$absence" ]; then continue; fi
  key=$(key_at "$address")
  if [ -n "$key" ] && { [ -z "$pinned" ] || [ "$key" = "$pinned" ]; }; then continue; fi
  echo "$name leaves the cluster: not ready since $since, and $([ -n "$key" ] && echo "another machine" || echo nothing) answers at $address"
  $kubectl delete node "$name" >/dev/null
done 3<"$run/nodes"

while read -r address _ key <&3; do
  there=$(at "$address" "$run/nodes")
  if ! same "$there" "$key"; then continue; fi
  if [ "$(field 5 "$there")" = "$digest" ] || ! take "$address"; then continue; fi
  timeout -k 10 "$patience" "$0" "$address" || echo "the host at $address is not in the cluster yet; the next round tries again" >&2
  give_back "$address"
done 3<"$run/answering"
