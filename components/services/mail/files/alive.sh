#!/bin/sh
# Answers yes unless another start of the server would help: where it answers nobody, and where it waits at a connection to its database that has fallen silent, as when the
# database's host has died, while the database takes new ones. The server itself sets no limit there, and the kernel has one of a quarter of an hour:
# alive.sh ADDRESS HOST PORT
#
# SYSTEM_CONNECTIONS  files of the system's connections, in words
set -eu

curl -fsS --noproxy '*' -o /dev/null --max-time 2 "$1"

# True if the kernel has sent the same again six times, for twelve seconds, and had no word. Fields: Linux, net/ipv4/tcp_ipv4.c, get_tcp4_sock.
silent() {
  end=$(printf ':%04X' "$1")
  # shellcheck disable=SC2086
  cat ${SYSTEM_CONNECTIONS:-/proc/net/tcp /proc/net/tcp6} 2>/dev/null | {
    while read -r _ _ remote state _ timer again _; do
      case "$remote $state $timer" in
        *"$end 01 01:"*) [ "$((0x$again))" -lt 6 ] || exit 0 ;;
      esac
    done
    exit 1
  }
}

if silent "$3"; then
  [ "$(curl -s --noproxy '*' -o /dev/null --max-time 2 -w '%{time_connect}' "telnet://$2:$3" </dev/null || true)" = 0.000000 ]
fi
