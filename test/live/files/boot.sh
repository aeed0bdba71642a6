#!/bin/bash
# First process of a live host: boot.sh FOLDER NAME. It runs in network, mount, process and host-name namespaces of its own; whatever it and its children
# mount or start goes when it ends. FOLDER is the host's disk: what is written to /etc, /usr/local, /var/lib and /var/log stays there over a reboot.
set -eu
disk=$1
hostname "$2"
mount --make-rprivate /
mount -t tmpfs -o mode=755 none /run
mount -t tmpfs none /dev/shm
mkdir -p /run/lock /run/live "$disk"
for folder in /etc /usr/local /var; do
  mkdir -p "$disk$folder/upper" "$disk$folder/work"
  mount -t overlay -o "lowerdir=$folder,upperdir=$disk$folder/upper,workdir=$disk$folder/work" none "$folder"
done
# An overlay cannot carry containerd's own overlays, nor etcd's writes at full speed.
# The volumes stand for a host's encrypted data volume, which outlives it: a mount of its own.
for folder in /var/lib/containerd /var/lib/kubelet /var/lib/cni /var/lib/etcd /var/lib/sovereign-uc/volumes; do
  mkdir -p "$folder" "$disk$folder"
  mount --bind "$disk$folder" "$folder"
done
# The scheduler sees as much memory as the blueprint asks for, not what this machine has.
[ ! -d "$disk/machine" ] || mount --bind "$disk/machine/meminfo" /proc/meminfo
# Folders that are there keep their owners.
(cd "$disk/tree" && tar -cf - -- *) | tar -C / --no-overwrite-dir -xpf -
# Settings of the network belong to this namespace; the others would change the whole machine.
cat /etc/sysctl.d/*.conf 2>/dev/null | grep -E '^net\.(ipv4|ipv6)\.' | sysctl -q -e -p - || true
nft -f /etc/nftables.conf
echo ready >/run/live/booted
# The end of standard input is the end of whoever started this, whatever happened to it: then everything here goes too. Meanwhile bash takes in orphans, as
# the first process of a process namespace has to.
while read -r _; do :; done
