#!/bin/sh
# Becomes systemd as the first process of a machine of its own: namespaces for everything, this machine's root below it, and all that it writes in memory.
# Only basic.target is started. Inside a cgroup of its own that the caller has made and removes.
# booted.sh FOLDER: what lies in FOLDER/files is laid over the root.
set -eu
folder=$1
mount --make-rprivate /
mount -t tmpfs tmpfs "$folder"/memory
mkdir "$folder"/memory/upper "$folder"/memory/work "$folder"/memory/root
cp -a "$folder"/files/. "$folder"/memory/upper
root=$folder/memory/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/memory/upper,workdir=$folder/memory/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
for place in run tmp dev; do mount -t tmpfs tmpfs "$root/$place"; done
for device in null zero random urandom full tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm" "$root/dev/pts"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
  mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
  mkdir "$root/sys/fs/cgroup/systemd"
  mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
fi
# This machine's own units stay out.
rm -rf "$root"/etc/systemd/system/*.wants
mkdir -p "$root/etc/systemd/system"
printf '[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n' >"$root/etc/systemd/system/default.target"
for unit in systemd-networkd.service systemd-networkd.socket systemd-resolved.service systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket systemd-journald-audit.socket systemd-journal-flush.service systemd-udevd.service \
  systemd-udev-trigger.service systemd-tmpfiles-setup.service systemd-tmpfiles-clean.timer systemd-sysusers.service systemd-remount-fs.service \
  systemd-modules-load.service dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount dev-mqueue.mount sys-fs-fuse-connections.mount; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
ip link set lo up
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" /lib/systemd/systemd --system --log-target=null
