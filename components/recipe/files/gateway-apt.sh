#!/bin/sh
# A gateway's apt goes through the gateway's own proxy, which knows the mirror by name. Before the first convergence there is none: then apt alone is let out to
# the mirror's port, until its packages are there.
# From apt: an address, to answer by which proxy it is reached (as _apt); "open PORT" before lists are fetched, "shut" after packages came (as root).
set -eu
opened=/run/sovereign-uc-apt
# Convergence writes this only after packages.
first() { [ ! -e /etc/sovereign-uc/checks.d/50-gateway ]; }
case $1 in
open)
  if first && nft list table inet sovereign_uc >/dev/null 2>&1; then
    : >"$opened"
    nft add rule inet sovereign_uc output meta skuid _apt tcp dport "$2" accept
  fi
  ;;
shut)
  if [ -e "$opened" ]; then
    nft -f /etc/nftables.conf
    rm -f "$opened"
  fi
  ;;
*)
  if first; then echo DIRECT; else echo http://127.0.0.1:3128/; fi
  ;;
esac
