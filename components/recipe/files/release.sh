#!/bin/sh
# Gives a machine back: ends what convergence started, takes away the files of enrolment and convergence, puts back what was under /etc before. A data disk
# is wiped only where standard input names it. The way in goes last and by itself, so that a release that was cut can be run again.
set -eu
umask 077
state=/var/lib/sovereign-uc
# Nothing was enrolled here, or everything is released.
# An earlier version called the list of files "claimed".
[ -f "$state/enrolled" ] || [ -f "$state/claimed" ] || exit 0
exec 9>"$state/lock"
flock 9
memory=/run/sovereign-uc
mkdir -p "$memory"
rm -rf "$state"/release.* "$memory"/release.* "$memory"/run.* "$memory"/enrol.*
work=$(mktemp -d "$memory/release.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
cat >"$work/told"
[ "$(tail -n 1 "$work/told")" = end ] || {
  echo "expected a whole word on the data, got one that was cut; nothing was changed, run it again" >&2
  exit 1
}
while read -r word device; do
  if [ "$word" = wipe ] && [ ! -b "$device" ]; then
    echo "expected the data disk $device, which is to be wiped, got none; attach it, or set keepData if it stays as it is; nothing was changed" >&2
    exit 1
  fi
done <"$work/told"
touch "$state/units" "$state/manifest" "$state/kernel" "$state/tables-before" "$state/enrolled" "$state/claimed"

# Kubernetes: the service leaves its containers running, so they end by their group.
for unit in k3s.service kubepods.slice; do
  systemctl stop "$unit" 2>/dev/null || true
  systemctl kill --signal=KILL "$unit" 2>/dev/null || true
done
# No unit of the recipe, but of what k3s wants: as long as it counts as active, it would not run again for the next host.
systemctl stop route-to-nowhere.service 2>/dev/null || true

# The data volume is unmounted and closed before anything below it is removed: a disk that is still in use stops the release here.
if [ -f /etc/sovereign-uc/data-volume.env ]; then
  # shellcheck source=/dev/null
  . /etc/sovereign-uc/data-volume.env
  systemctl stop rebind-tang.timer rebind-tang.service data-volume.service 2>/dev/null || true
  if mountpoint -q "$DATA_PATH"; then umount "$DATA_PATH"; fi
  if [ -e /dev/mapper/sovereign-uc-data ]; then cryptsetup close sovereign-uc-data; fi
fi

# What a gateway knows opens the data volumes of others.
if [ -f /etc/systemd/system/tangd.socket.d/60-sovereign-uc.conf ]; then
  systemctl stop tangd.socket 2>/dev/null || true
  find /var/lib/tang -type f -exec shred -u {} +
fi

# Units that convergence enabled: those that were enabled before go on with their old files. The filter goes last.
while read -r unit; do
  [ "$unit" != nftables.service ] || continue
  grep -qxF "$unit" "$state/units-before" || systemctl disable --quiet --now "$unit" 2>/dev/null || true
done <"$state/units"
# As long as its drop-in is there, the unit can stop without a word to the kernel; later it would take every table, also those that were there before.
grep -qxF nftables.service "$state/units-before" || systemctl stop nftables.service 2>/dev/null || true

# Routes to other sites outlive the units that made them.
if [ -f /etc/sovereign-uc/site-link.env ]; then
  # shellcheck source=/dev/null
  . /etc/sovereign-uc/site-link.env
  for range in $RANGES; do ip -4 route delete unreachable "$range" metric 10000 2>/dev/null || true; done
fi
if [ -f /etc/systemd/system/site-routes.service ]; then
  sed -n 's|^ExecStart=/usr/sbin/ip -4 route replace ||p' /etc/systemd/system/site-routes.service | while read -r route; do
    # shellcheck disable=SC2086 # a list of words
    ip -4 route delete $route 2>/dev/null || true
  done
fi
if grep -qx systemd-journal-remote.service "$state/units" && [ -d /var/log/journal/remote ]; then
  find /var/log/journal/remote -mindepth 1 -delete
fi

if [ -d /var/lib/rancher ]; then
  awk '$2 ~ "^/(run/k3s|var/lib/kubelet|var/lib/rancher|run/netns/cni-)" { print $2 }' /proc/mounts | sort -r |
    while read -r mounted; do umount "$mounted"; done
  for card in cni0 flannel.1 flannel-wg nowhere; do ip link delete "$card" 2>/dev/null || true; done
  rm -rf --one-file-system /var/lib/rancher /var/lib/kubelet /var/lib/cni /etc/rancher /etc/cni /run/k3s /run/flannel
  rm -rf /var/log/kubernetes /var/log/pods /var/log/containers
  rm -f /usr/local/bin/k3s
fi

# Filters and translations that were not there before, those of Kubernetes above all; our own goes last.
nft list tables | sort | comm -23 - "$state/tables-before" | while read -r table; do
  # shellcheck disable=SC2086 # a list of words
  [ "$table" = "table inet sovereign_uc" ] || nft delete $table
done
while read -r key value; do
  setting=/proc/sys/$(printf '%s' "$key" | tr . /)
  if [ -w "$setting" ]; then printf '%s\n' "$value" >"$setting"; fi
done <"$state/kernel"

network=/etc/network/interfaces.d/60-sovereign-uc
sort -u "$state/manifest" "$state/enrolled" "$state/claimed" | while read -r path; do
  [ "$path" != "$network" ] || continue
  rm -f -- "$path"
  tar -C / -xzf "$state/before.tar.gz" -- "${path#/}" 2>/dev/null || true
done
rm -rf /etc/sovereign-uc /usr/local/lib/sovereign-uc

while read -r word device; do
  if [ "$word" = wipe ] && [ -b "$device" ]; then
    # Without key slots nobody reads the disk again, the stack's recovery key or not.
    if cryptsetup isLuks "$device" 2>/dev/null; then cryptsetup erase --batch-mode "$device"; fi
    wipefs --all --quiet "$device"
  fi
done <"$work/told"

systemctl daemon-reload
while read -r unit; do
  if grep -qxF "$unit" "$state/units-before"; then systemctl try-reload-or-restart "$unit" 2>/dev/null || true; fi
done <"$state/units"
if [ -s /etc/hostname ]; then hostname "$(cat /etc/hostname)"; fi

# shellcheck disable=SC2016 # expanded by the shell that runs it
systemd-run --quiet --collect --unit=sovereign-uc-release --on-active=2 sh -c '
  grep -qx nftables.service "$1/units-before" || systemctl disable --quiet nftables.service
  nft delete table inet sovereign_uc
  systemctl try-reload-or-restart nftables.service
  if [ -f "$1/card" ]; then ifdown --force "$(cat "$1/card")"; fi
  rm -f "$2"
  grep -v " sovereign-uc\$" /root/.ssh/authorized_keys >/root/.ssh/authorized_keys.next
  mv -f /root/.ssh/authorized_keys.next /root/.ssh/authorized_keys
  systemctl reload ssh.service
  rm -rf "$1"' sh "$state" "$network"
echo released
