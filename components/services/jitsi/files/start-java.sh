#!/bin/bash
# Starts a Java service of Jitsi so that it trusts the deployment's own authority and nobody else. A bridge also learns its host's public address, which is
# known only once the host exists.
set -euo pipefail

store="${TRUST_STORE:-/tmp/authority.p12}"
addresses="${ADDRESSES:-/addresses}"

rm -f "$store"
# The store holds a public certificate only: its password hides nothing.
keytool -importcert -noprompt -alias authority -file "${AUTHORITY:-/authority/ca.crt}" \
  -storetype PKCS12 -keystore "$store" -storepass changeit
export JAVA_TOOL_OPTIONS="-Djavax.net.ssl.trustStore=$store -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=changeit"

if [ -d "$addresses" ]; then
  JVB_ADVERTISE_IPS=$(<"$addresses/$NODE_NAME")
  export JVB_ADVERTISE_IPS
fi

exec "${@:-/init}"
