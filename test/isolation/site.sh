#!/bin/sh
# Starts what a gateway of a linked site runs, with the files of its tree (see inside.sh): site.sh WIREGUARD_GO. There is no systemd here: what its units do is
# done by hand, and whoever asks it whether a program runs is told yes.
set -eu
export WG_QUICK_USERSPACE_IMPLEMENTATION="$1"
printf '#!/bin/sh\nexit 0\n' >/run/systemctl
chmod 755 /run/systemctl
mount --bind /run/systemctl /usr/bin/systemctl
sysctl -q -p /etc/sysctl.d/90-site-link.conf
nft -f /etc/nftables.conf
chmod 600 /etc/wireguard/*.conf
for file in /etc/wireguard/*.conf; do wg-quick up "$(basename "$file" .conf)"; done
set -a
# shellcheck source=/dev/null
. /etc/sovereign-uc/site-link.env
# shellcheck source=/dev/null
. /etc/sovereign-uc/segment.env
mkdir -p /run/site-link /run/keepalived-segment
sed -n 's/^ExecStartPre=//p' /etc/systemd/system/site-link.service | sh -e
RUNTIME_DIRECTORY=/run/keepalived-segment sh /etc/sovereign-uc/scripts/segment
RUNTIME_DIRECTORY=/run/site-link sh /etc/sovereign-uc/scripts/site-link &
exec keepalived --dont-fork --log-console
