#!/bin/sh
# Starts a mail server.
#
# MAIL_PROGRAM      upstream's program
# MAIL_CONFIG       folder of config.json
# MAIL_WORK         folder that may be written to
# MAIL_AUTHORITIES  files of authorities, in words
# MAIL_SETTINGS     digest of the settings that the servers were told: another one is another pod
set -eu

# The copy has not upstream's right to low ports, with which a pod that has given up all rights cannot start it.
cp "$MAIL_PROGRAM" "$MAIL_WORK/mail-server"
# shellcheck disable=SC2086
cat $MAIL_AUTHORITIES >"$MAIL_WORK/authorities.crt"
export SSL_CERT_FILE="$MAIL_WORK/authorities.crt"
echo "starting with the settings $MAIL_SETTINGS"
exec "$MAIL_WORK/mail-server" --config "$MAIL_CONFIG/config.json"
