#!/bin/sh
# Succeeds when the program on a port of this pod answers.
set -eu
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"

[ "$(ask "$POD_IP" "$1" PING)" = PONG ]
