#!/bin/sh
# Names every certificate on this host that ends soon: those of the recipe and of Kubernetes. Fails if there is one.
# certificates DAYS AUTHORITY_DAYS: how much longer a certificate, and that of an authority, should live.
set -eu
days=$1
authority=$2
{
  cat /var/lib/sovereign-uc/manifest 2>/dev/null || true
  find /var/lib/rancher/k3s/server/tls /var/lib/rancher/k3s/agent -name '*.crt' -type f ! -path '*/temporary-certs/*' 2>/dev/null || true
} | sort -u | while read -r path; do
  if ! grep -qs -e '-----BEGIN CERTIFICATE-----' "$path"; then continue; fi
  left=$days
  who="run pulumi up, or systemctl start renew-k3s.service where it is one of Kubernetes"
  if openssl x509 -noout -ext basicConstraints -in "$path" 2>/dev/null | grep -q CA:TRUE; then
    left=$authority
    who="plan a new authority: everything that it has signed ends with it"
  fi
  if ! openssl x509 -noout -checkend $((left * 86400)) -in "$path" >/dev/null; then
    echo "expected $path to be valid for $left days more, got $(openssl x509 -noout -enddate -in "$path"); $who" >&2
    echo "$path"
  fi
done | if grep . >/dev/null; then exit 1; fi
