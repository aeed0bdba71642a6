#!/bin/sh
# answers: enrol
# Enrols a machine that is there already: keys, name, SSH settings, first filter, private address. Reads what to set up from standard input, touches
# nothing before the last line has arrived, keeps /etc as it was handed over, and changes nothing when it runs a second time.
set -eu
umask 077
state=/var/lib/sovereign-uc
mkdir -p "$state"

# A release or an enrolment a moment ago may still be taking its last step.
deadline=$(($(date +%s) + 120))
for step in sovereign-uc-release sovereign-uc-enrol; do
  while systemctl is-active --quiet "$step.timer" "$step.service"; do
    if [ "$(date +%s)" -ge "$deadline" ]; then
      echo "expected $step.service to end within two minutes, got one that runs; look at its journal and run this again" >&2
      exit 1
    fi
    sleep 1
  done
done
mkdir -p "$state"
exec 9>"$state/lock"
flock 9

memory=/run/sovereign-uc
mkdir -p "$memory"
rm -rf "$state"/enrol.* "$memory"/enrol.*
work=$(mktemp -d "$memory/enrol.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
cat >"$work/birth"
[ "$(tail -n 1 "$work/birth")" = end ] || {
  echo "expected everything that a host is born with, got a part; nothing was changed, run it again" >&2
  exit 1
}
refuse() {
  echo "$1; nothing was changed" >&2
  exit 1
}
[ -f /etc/ssh/ssh_host_ed25519_key.pub ] || refuse "expected an Ed25519 host key, got none; run ssh-keygen -A on the machine"
command -v nft >/dev/null || refuse "expected nftables, got none; install it before the machine is handed over: packages come through its filter"
[ -s /etc/ssl/certs/ca-certificates.crt ] ||
  refuse "expected the certificates of authorities, got none; install ca-certificates: the packages' mirror is checked with them"
command -v ifup >/dev/null || refuse "expected ifupdown, got none; install it before the machine is handed over"
grep -Eqs '^[[:space:]]*source(-directory)?[[:space:]]+(/etc/network/)?interfaces\.d' /etc/network/interfaces ||
  refuse "expected /etc/network/interfaces to read /etc/network/interfaces.d, got a file that does not; add: source /etc/network/interfaces.d/*"
# The way that k3s wants leads nowhere.
for family in -4 -6; do
  if grep -qx private "$work/birth" && ip "$family" -o route show default | grep -v ' dev nowhere ' | grep -q ' via '; then
    refuse "expected a private host without a way out, got a default route of ip $family; take it out of the machine's own network settings"
  fi
done

# What was there before, once: a machine that is enrolled again still knows how it was handed over.
if [ ! -f "$state/before.tar.gz" ]; then
  systemctl list-unit-files --state=enabled --no-legend --plain | cut -d ' ' -f 1 >"$work/units-before"
  cp "$work/units-before" "$state/units-before"
  nft list tables | sort >"$work/tables-before"
  cp "$work/tables-before" "$state/tables-before"
  # Last: as long as it is not there, all three are written anew.
  tar -C / -czf "$state/before.next" etc
  mv -f "$state/before.next" "$state/before.tar.gz"
fi

decode() { printf '%s' "$1" | base64 -d; }
: >"$work/enrolled"
# What is written and not in effect yet is remembered outside of this run, which may be cut.
write() { # write MODE PATH CONTENT
  path=$(decode "$2")
  printf '%s\n' "$path" >>"$work/enrolled"
  # What convergence has taken over is its own: the first filter would close what it has opened.
  if [ -f "$state/manifest" ] && grep -qxF "$path" "$state/manifest"; then return; fi
  (umask 022 && mkdir -p "$(dirname "$path")")
  next=$(dirname "$path")/.$(basename "$path").next
  rm -f -- "$next"
  decode "$3" >"$next"
  chmod "$1" "$next"
  if [ -f "$path" ] && cmp -s "$next" "$path" && [ "$(stat -c '%a' "$next")" = "$(stat -c '%a' "$path")" ]; then
    rm -f "$next"
  else
    touch "$state/unapplied"
    mv -f "$next" "$path"
  fi
}

# The keys first: without them nobody gets in again. Ours are known by their last word; the operator's stay.
mkdir -p /root/.ssh
touch /root/.ssh/authorized_keys
{
  grep -v ' sovereign-uc$' /root/.ssh/authorized_keys || true
  while read -r kind key; do
    [ "$kind" = key ] || continue
    printf '%s sovereign-uc\n' "$(decode "$key")"
  done <"$work/birth"
} >"$work/keys"
if ! cmp -s "$work/keys" /root/.ssh/authorized_keys; then
  touch "$state/unapplied"
  cp "$work/keys" /root/.ssh/authorized_keys.next
  mv -f /root/.ssh/authorized_keys.next /root/.ssh/authorized_keys
fi

host=
at=
card=
while read -r kind one two three; do
  case $kind in
  host) host=$one ;;
  at) at="$one $two" ;;
  network)
    # A private address that the machine brings up by itself is its own affair.
    if [ -f "$(decode "$two")" ] || ! ip -o address show | grep -qF " ${at%% *}/"; then
      card=$one
      write 0644 "$two" "$three"
      printf '%s\n' "$card" >"$state/card.next"
      mv -f "$state/card.next" "$state/card"
    fi
    ;;
  file) write "$one" "$two" "$three" ;;
  esac
done <"$work/birth"
sort -u "$work/enrolled" >"$state/enrolled.next"
mv -f "$state/enrolled.next" "$state/enrolled"

if [ "$(hostname)" != "$host" ]; then hostname "$host"; fi
systemctl enable --quiet nftables.service
if [ -e "$state/unapplied" ]; then
  systemctl reload ssh.service
  # Whoever enrols a machine may come from outside the network: until convergence brings a filter of its own, the way stays open for the case that this answer is lost.
  peer=
  if ! grep -qxFs /etc/nftables.conf "$state/manifest"; then
    peer=${SSH_CONNECTION:-}
    peer=${peer%% *}
    peer=${peer%%%*}
  fi
  case $peer in *:*) family=ip6 ;; *) family=ip ;; esac
  # The last step may cut this very session, so it happens without it.
  # shellcheck disable=SC2016 # expanded by the shell that runs it
  systemd-run --quiet --collect --unit=sovereign-uc-enrol --on-active=2 sh -e -c '
    systemctl start nftables.service
    systemctl reload nftables.service
    if [ -n "$4" ]; then nft add rule inet sovereign_uc input "$3" saddr "$4" tcp dport 22 accept; fi
    if [ -n "$1" ]; then
      ifdown --force "$1" || true
      ifup "$1"
    fi
    rm -f "$2"' sh "$card" "$state/unapplied" "$family" "$peer"
fi
printf 'enrolled %s %s %s\n' "$host" "$at" "$(cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub)"
