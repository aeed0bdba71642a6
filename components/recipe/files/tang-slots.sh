#!/bin/sh
# Says which key slots of the data volume belong to which Tang server: a line of slot, thumbprint of the server's exchange key and URL for each.
set -eu
# shellcheck source=/dev/null
. /etc/sovereign-uc/data-volume.env
# shellcheck disable=SC2086 # the pattern is meant as one
for device in $DATA_DEVICE; do :; done
cryptsetup luksDump "$device" | sed -n 's/^[[:space:]]*\([0-9][0-9]*\): clevis$/\1/p' | while read -r token; do
  held=$(cryptsetup token export --token-id "$token" "$device")
  slot=$(jose fmt -j "$held" -g keyslots -g 0 -u-) || continue
  header=$(jose fmt -j "$held" -g jwe -g protected -y -o-) || continue
  key=$(jose fmt -j "$header" -g kid -u-) || continue
  url=$(jose fmt -j "$header" -g clevis -g tang -g url -u-) || continue
  printf '%s %s %s\n' "$slot" "$key" "$url"
done
