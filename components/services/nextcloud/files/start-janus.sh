#!/bin/sh
# Starts Janus with what only its host knows: its public address, which it offers to browsers and no other, and a secret that closes its administration, made for this
# start alone: nobody is given it.
set -eu
umask 077

folder="${JANUS_RUN:-/run/janus}"
own=$(cat "${ADDRESSES:-/addresses}/$NODE_NAME")
once=$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')

rm -rf "${folder:?}"/*
cp "${JANUS_CONFIGURATION:-/etc/janus}"/*.jcfg "$folder"
printf '  ice_enforce_list = "%s"\n' "$own" >"$folder/address.jcfg"
printf '  admin_secret = "%s"\n' "$once" >"$folder/secrets.jcfg"
# Files that others include are looked for here. Where one is missing, Janus would go on without any configuration: with all plug-ins, and nothing locked (seen).
cd "$folder"
exec janus -F "$folder"
