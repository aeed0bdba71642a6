#!/bin/sh
# Starts a Ruby program. Its OpenSSL and the S3 client read one file of authorities: those that the image knows, and those that were given.
set -eu
cat "${SYSTEM_TRUST:-/etc/ssl/cert.pem}" "${TRUST:-/trust}"/*.crt >"$SSL_CERT_FILE"
exec "$@"
