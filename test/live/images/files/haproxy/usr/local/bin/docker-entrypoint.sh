#!/bin/sh
# Options alone are HAProxy's; HAProxy runs as master and workers in the foreground; anything else is run as it stands.
set -e
case "$1" in
-*) set -- haproxy -W -db "$@" ;;
haproxy)
  shift
  set -- haproxy -W -db "$@"
  ;;
esac
exec "$@"
