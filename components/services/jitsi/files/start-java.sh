#!/bin/bash
# Starts a Java service of Jitsi so that it trusts the deployment's own authority and nobody else. A bridge also learns its host's public address, which is
# known only once the host exists: it takes part with that address, or with the one that leads out where the public one is translated on the way, and with no
# other of the many that a host of a cluster has.
set -euo pipefail

store="${TRUST_STORE:-/tmp/authority.p12}"
addresses="${ADDRESSES:-/addresses}"

# What an earlier start in this pod has left, the focus' memory of bridges included.
started="${STARTED:-/tmp/bridge-addresses}"
rm -f "$store" "${SEEN:-/tmp/bridges-seen}" "$started"
# The store holds a public certificate only: its password hides nothing.
keytool -importcert -noprompt -alias authority -file "${AUTHORITY:-/authority/ca.crt}" \
  -storetype PKCS12 -keystore "$store" -storepass changeit
export JAVA_TOOL_OPTIONS="-Djavax.net.ssl.trustStore=$store -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=changeit"

if [ -d "$addresses" ]; then
  JVB_ADVERTISE_IPS=$(<"$addresses/$NODE_NAME")
  JVB_LOCAL_ADDRESS=$JVB_ADVERTISE_IPS
  # The route by which the image finds what the public address is mapped to (jvb/rootfs/etc/s6-overlay/scripts/config).
  if ! ip -o -4 address show | grep -qwF "inet $JVB_ADVERTISE_IPS"; then
    JVB_LOCAL_ADDRESS=$(ip -o -4 route get 1.0.0.0 | sed -n 's/.* src \([0-9.]*\).*/\1/p')
  fi
  export JVB_ADVERTISE_IPS JVB_LOCAL_ADDRESS
  # For bridge-health.sh.
  echo "$JVB_ADVERTISE_IPS $JVB_LOCAL_ADDRESS" >"$started"
fi

exec "${@:-/init}"
