#!/bin/sh
# Reads the archive of another cluster, which has a passphrase and a configuration of its own: restore.sh fills an empty data directory up to a moment, and PostgreSQL
# replays up to it with restore.sh FILE PATH.
set -eu
export PGBACKREST_REPO1_CIPHER_PASS="$RESTORE_PASSPHRASE" PGBACKREST_CONFIG="$RESTORE_CONFIG"
if [ $# -eq 2 ]; then
  exec pgbackrest --stanza=main archive-get "$1" "$2"
fi
exec pgbackrest --stanza=main --type=time --target="$RESTORE_TIME" --target-action=promote --target-timeline=latest \
  --recovery-option="restore_command=/bin/sh $0 %f \"%p\"" restore
