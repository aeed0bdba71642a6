#!/bin/sh
# Options and files are the server's; anything else is run as it stands.
set -e
case "$1" in
-* | *.conf) set -- valkey-server "$@" ;;
esac
umask 0077
exec "$@"
