#!/bin/sh
# Part of a recipe: settings of BigBlueButton that only files of its packages have, and that an update of these takes back. bbb-conf runs it before each start.
# settle-bigbluebutton [ROOT]: ROOT stands before every path, for a look at it elsewhere.
set -eu
root=${1:-}
values=$root/etc/sovereign-uc/bigbluebutton.env
switch=$root/opt/freeswitch/etc/freeswitch
value() { sed -n "s/^$1=//p" "$values"; }
address=$(value PUBLIC_ADDRESS)
password=$(value SWITCH_PASSWORD)
name=$(value SERVER_NAME)
if [ -z "$address" ] || [ -z "$password" ] || [ -z "$name" ]; then
  echo "expected PUBLIC_ADDRESS, SWITCH_PASSWORD and SERVER_NAME in $values, got less; converge the host again" >&2
  exit 1
fi

# Variables of the voice switch: the one that is there is replaced, one that is missing is added.
variable() { # variable NAME VALUE
  line="  <X-PRE-PROCESS cmd=\"set\" data=\"$1=$2\"/>"
  if grep -q "data=\"$1=" "$switch/vars.xml"; then
    sed -i "s|^.*<X-PRE-PROCESS[^>]*data=\"$1=.*$|$line|" "$switch/vars.xml"
  else
    sed -i "s|^ *</include>|$line\n&|" "$switch/vars.xml"
  fi
}
variable external_rtp_ip "$address"
variable external_sip_ip "$address"
variable local_ip_v4 "$address"
variable default_password "$password"

# Its profile: web sockets answer on the server itself only, and there is none for IPv6.
missing=
parameter() { # parameter NAME VALUE
  profile=$switch/sip_profiles/external.xml
  sed -i "s|\(<param  *name=\"$1\"  *value=\"\)[^\"]*|\1$2|" "$profile"
  grep -q "<param  *name=\"$1\"  *value=" "$profile" || missing="$missing $1"
}
# shellcheck disable=SC2016 # variables of the voice switch
parameter ext-rtp-ip '$${external_rtp_ip}'
# shellcheck disable=SC2016
parameter ext-sip-ip '$${external_sip_ip}'
# shellcheck disable=SC2016
parameter sip-ip '$${local_ip_v4}'
# shellcheck disable=SC2016
parameter rtp-ip '$${local_ip_v4}'
parameter ws-binding 127.0.0.1:5066
parameter wss-binding 127.0.0.1:7443
for profile in external-ipv6.xml internal-ipv6.xml; do
  if [ -f "$switch/sip_profiles/$profile" ]; then mv -f "$switch/sip_profiles/$profile" "$switch/sip_profiles/$profile.disabled"; fi
done
# Nobody calls in or out by telephone: a gateway to one would be a way for voices that nothing here encrypts.
for gateway in "$switch"/sip_profiles/external/*.xml; do
  if [ -f "$gateway" ]; then mv -f "$gateway" "$gateway.disabled"; fi
done
chmod 0600 "$switch/vars.xml"

sed -i 's|proxy_pass [^;]*;|proxy_pass http://127.0.0.1:5066;|' "$root/usr/share/bigbluebutton/nginx/sip.nginx"
sed -i "s|^playback_host: .*|playback_host: $name|" "$root/usr/local/bigbluebutton/core/scripts/bigbluebutton.yml"
sed -i 's|^server.servlet.session.cookie.secure=.*|server.servlet.session.cookie.secure=true|' \
  "$root/usr/share/bbb-web/WEB-INF/classes/application.properties"
rm -f "$root/etc/nginx/sites-enabled/default"
ln -sfn /etc/nginx/sites-available/bigbluebutton "$root/etc/nginx/sites-enabled/bigbluebutton"
if [ -n "$missing" ]; then
  echo "expected parameters of the voice switch in $switch/sip_profiles/external.xml, got none of$missing; look at what its package has there now" >&2
  exit 1
fi
