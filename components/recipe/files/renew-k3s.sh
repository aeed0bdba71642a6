#!/bin/sh
# Restarts k3s when one of its certificates comes near its end: it renews them only when it starts, and a cluster that is left alone for a year would stop.
# Pods run on meanwhile. A member of the control plane does so only while all others are well, and they have other days (see the timer).
set -eu
folder=/var/lib/rancher/k3s
checks=/etc/sovereign-uc/checks.d
# k3s renews what has 120 days left or less: the first start after that will do.
days=100

ending() { # prints each certificate near its end; those of authorities are no matter of a restart
  find "$folder/server/tls" "$folder/agent" -name '*.crt' -type f ! -path '*/temporary-certs/*' 2>/dev/null | sort | while read -r path; do
    if openssl x509 -noout -ext basicConstraints -in "$path" 2>/dev/null | grep -q CA:TRUE; then continue; fi
    openssl x509 -noout -checkend $((days * 86400)) -in "$path" >/dev/null || echo "$path"
  done
}
well() { # whether this host passes the checks of a member, and with it every other of the control plane if it is one
  for check in "$checks/50-cluster" "$checks/51-pods"; do "$check" || return 1; done
  if [ -d "$folder/server/tls" ]; then
    others=$(k3s kubectl get nodes -l node-role.kubernetes.io/control-plane \
      -o 'jsonpath={range .items[*]}{.metadata.name}{" "}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}') || return 1
    if printf '%s\n' "$others" | grep -v ' True$'; then return 1; fi
  fi
}

near=$(ending)
[ -n "$near" ] || exit 0
# Nothing is restarted in the middle of a convergence.
exec 9>/var/lib/sovereign-uc/lock
flock -n 9 || {
  echo "expected nobody else at work on this host, got a convergence; the next run tries again" >&2
  exit 1
}
if ! said=$(well 2>&1); then
  echo "expected a healthy cluster before k3s is restarted for its certificates, got: $said; the next run tries again" >&2
  exit 1
fi
systemctl restart k3s.service
deadline=$(($(date +%s) + 600))
until said=$(well 2>&1); do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "expected this host to be well within ten minutes of the restart, got: $said; look at the journal of k3s.service" >&2
    exit 1
  fi
  sleep 2
done
near=$(ending)
if [ -n "$near" ]; then
  echo "expected a start of k3s to renew its certificates, got old ones: $(printf '%s' "$near" | tr '\n' ' '); see \`k3s certificate check\`" >&2
  exit 1
fi
echo "k3s has renewed its certificates"
