#!/bin/sh
# Waits until nobody has a stream at Janus any more: publishers and subscribers as the proxy on its host counts them, which it tells programs there (sfu/janus/janus.go at
# 6046e47, GetStats). A proxy that does not answer has ended, as it does after its last stream. The port of the proxy is the first argument. Asked by nc, which the image has
# and the probes need, too: not every wget knows a time limit.
set -eu

streams() {
  printf 'GET /stats HTTP/1.0\r\n\r\n' | nc -w 5 127.0.0.1 "$1" | sed -n 's/^.*"clients": *\([0-9][0-9]*\).*$/\1/p'
}

while count=$(streams "$1") && [ "${count:-0}" -gt 0 ]; do sleep 1; done
