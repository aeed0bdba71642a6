#!/bin/sh
# Keeps one key slot of the data volume bound to each gateway. A gateway that was made again has new keys: its slot is bound anew, and the old one goes
# once the new one has been seen to open the volume. Slot 0, which holds the recovery key, is never touched.
set -eu
# shellcheck source=/dev/null
. /etc/sovereign-uc/data-volume.env
# A volume that is not mounted may still be in the making.
mountpoint -q "$DATA_PATH" || exit 0
# shellcheck disable=SC2086 # the pattern is meant as one
for device in $DATA_DEVICE; do :; done
# clevis keeps a copy of the header while it binds: in memory, not on the system's disk.
TMPDIR=$RUNTIME_DIRECTORY
export TMPDIR
slots() { /usr/local/lib/sovereign-uc/tang-slots; }
listed() { case " $TANG_URLS " in *" $1 "*) ;; *) return 1 ;; esac }
passphrase() { timeout 30 clevis luks pass -d "$device" -s "$1" </dev/null; }
failed=
complain() {
  echo "$1" >&2
  failed=yes
}

# bind CONFIG: with the recovery key where convergence has brought it since the last boot, otherwise with what any bound gateway gives.
bind() {
  if [ -s "$DATA_KEY" ] && cryptsetup open --test-passphrase --key-file "$DATA_KEY" "$device"; then
    clevis luks bind -d "$device" -k "$DATA_KEY" tang "$1" </dev/null
    return
  fi
  slots | {
    while read -r slot _ url; do
      listed "$url" || continue
      curl -sfg --max-time 5 -o /dev/null "$url/adv" || continue
      word=$(passphrase "$slot") || continue
      printf '%s' "$word" | clevis luks bind -d "$device" -k - tang "$1" && exit 0
    done
    exit 1
  }
}

# One gateway's slots, told apart by its present keys: sets `current` and `old`.
sort_slots() { # sort_slots URL KEYS
  current=
  old=
  while read -r slot key url; do
    [ "$url" = "$1" ] || continue
    if [ -z "$current" ] && printf '%s\n' "$2" | grep -qxFe "$key"; then current=$slot; else old="$old $slot"; fi
  done <<EOT
$(slots)
EOT
}

remove() { # remove SLOT...
  for slot; do
    # What stands on standard input would be taken for a passphrase.
    if [ "$slot" != 0 ]; then clevis luks unbind -d "$device" -s "$slot" -f </dev/null; fi
  done
}

complete=yes
for gateway in $TANG_URLS; do
  keys=
  if advertised=$(curl -sfg --max-time 5 "$gateway/adv"); then
    keys=$(jose fmt -j "$advertised" -g payload -y -o- | jose jwk use -i- -r -u deriveKey -o- | jose jwk thp -i- -a S256) ||
      complain "expected the keys of $gateway, got something else; look at its tangd"
  fi
  sort_slots "$gateway" "$keys"
  if [ -z "$keys" ]; then
    complete=
    [ -n "$old" ] || complain "expected $gateway to answer, so that $device can be bound to it, got nothing; start it, it is asked again in a minute"
    continue
  fi
  if [ -z "$current" ]; then
    if ! bind "{\"url\":\"$gateway\",\"adv\":$advertised}"; then
      complete=
      complain "expected the recovery key or another gateway to bind $device to $gateway with, got neither; converge this host again, which brings the key"
      continue
    fi
    echo "$device is bound to $gateway"
    sort_slots "$gateway" "$keys"
  fi
  if [ -n "$old" ]; then
    if passphrase "$current" >/dev/null; then
      # shellcheck disable=SC2086 # a list of numbers
      remove $old
      echo "the old keys of $gateway no longer open $device"
    else
      complete=
      complain "expected the new key slot of $gateway to open $device, got a refusal; its old one stays"
    fi
  fi
done

# Gateways that are no longer there lose their slots when all the others have theirs.
if [ -n "$complete" ]; then
  while read -r slot _ url; do
    if [ -n "$url" ] && ! listed "$url"; then
      remove "$slot"
      echo "$url no longer opens $device"
    fi
  done <<EOT
$(slots)
EOT
fi
[ -z "$failed" ]
