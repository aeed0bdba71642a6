#!/bin/sh
# Fills an empty data directory from an archive, up to a moment. Patroni starts PostgreSQL on it, which replays up to that moment and opens.
set -eu
# The archive that is read has a configuration of its own: the new cluster writes to another.
exec pgbackrest --config="$RESTORE_CONFIG" --stanza=main --type=time --target="$RESTORE_TIME" --target-action=promote --target-timeline=latest restore
