#!/bin/sh
# Opens a host's encrypted data volume and mounts it. Encrypts and formats only where there is nothing at all, or where an earlier run of its own was cut
# before the volume was ever mounted; anything else is left as it is.
set -eu
# shellcheck source=/dev/null
. /etc/sovereign-uc/data-volume.env
# The label that stands in the header from the first moment until the file system is whole: nobody has written data there yet.
unfinished=sovereign-uc-unfinished
name=sovereign-uc-data
mapping=/dev/mapper/$name
refuse() {
  echo "$1" >&2
  exit 1
}
if mountpoint -q "$DATA_PATH"; then exit 0; fi

deadline=$(($(date +%s) + 300))
device=
until [ -b "$device" ]; do
  # shellcheck disable=SC2086 # the pattern is meant as one
  for device in $DATA_DEVICE; do :; done
  if [ "$(date +%s)" -ge "$deadline" ]; then
    refuse "expected a data volume at $DATA_DEVICE within five minutes, got none; attach it and start this unit again"
  fi
  [ -b "$device" ] || sleep 2
done

value() { blkid -p -s "$1" -o value "$device" 2>/dev/null || true; }
found=0
blkid -p "$device" >/dev/null 2>&1 || found=$?
# 2: nothing was found on the device. Anything else, an unreadable device included, is not ours to format.
if [ "$found" = 2 ] || { [ "$(value TYPE)" = crypto_LUKS ] && [ "$(value LABEL)" = "$unfinished" ]; }; then
  [ -s "$DATA_KEY" ] || refuse "expected the recovery key at $DATA_KEY to encrypt $device with, got none; converge this host, which brings it"
  if [ -e "$mapping" ]; then cryptsetup close "$name"; fi
  # The key is random and long, so nothing is won by making it costly to try; memory that k3s uses would be lost.
  cryptsetup luksFormat --batch-mode --type luks2 --label "$unfinished" --key-slot 0 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
    --key-file "$DATA_KEY" "$device"
  cryptsetup open --type luks2 --key-file "$DATA_KEY" "$device" "$name"
  mkfs.ext4 -q -L data "$mapping"
  cryptsetup config --label sovereign-uc-data "$device"
elif [ "$(value TYPE)" != crypto_LUKS ]; then
  kind=$(value TYPE)
  kind=${kind:-$(value PTTYPE)}
  refuse "expected a blank disk or a LUKS volume at $device, got ${kind:-what blkid cannot read (it ends with $found)}; nothing was changed: save what it holds, erase it with wipefs --all and start this unit again, or attach another disk"
fi

# Opens the volume with the key of a gateway that answers. Only listed gateways are asked: what stands in the header could be anybody's.
through_gateways() {
  /usr/local/lib/sovereign-uc/tang-slots | {
    while read -r slot _ url; do
      case " $TANG_URLS " in *" $url "*) ;; *) continue ;; esac
      curl -sfg --max-time 5 -o /dev/null "$url/adv" || continue
      timeout 30 clevis luks pass -d "$device" -s "$slot" </dev/null |
        cryptsetup open --type luks2 --key-file - "$device" "$name" && exit 0
    done
    exit 1
  }
}
waiting=
while [ ! -e "$mapping" ]; do
  tried=
  if [ -s "$DATA_KEY" ]; then
    tried=yes
    ! cryptsetup open --type luks2 --key-file "$DATA_KEY" "$device" "$name" || break
    echo "expected the recovery key at $DATA_KEY to open $device, got a refusal; trying the gateways" >&2
  fi
  ! through_gateways || break
  if [ -n "$tried" ]; then
    refuse "expected $device to open with the recovery key of this host or through one of $TANG_URLS, got neither; attach this host's own volume, or give the stack the key that it was encrypted with"
  fi
  if [ -z "$waiting" ]; then
    echo "expected one of $TANG_URLS to open $device, got none; waiting: start a gateway, or converge this host again, which brings the recovery key" >&2
    waiting=yes
  fi
  sleep 5
done
mkdir -p "$DATA_PATH"
mount -o nodev,nosuid,noexec "$mapping" "$DATA_PATH"
