#!/bin/sh
# Succeeds when this replica is the primary, or holds everything that the primary holds.
set -eu
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"

said="$(ask "$POD_IP" 6379 INFO replication)"
case "$said" in
  *role:master*) exit 0 ;;
  *master_link_status:up*) exit 0 ;;
esac
exit 1
