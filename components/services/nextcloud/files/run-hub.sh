#!/bin/sh
# Runs a program of the server: the web server, the periodic work, the task that keeps settings. First it makes in memory what they want to find in files: the
# configuration in a folder of the user's own (occ and cron stop where it is somebody else's), the mark of a data folder, which is empty otherwise, one bundle of
# authorities, and PHP's settings with the way to the sessions.
set -eu
umask 077
: "${HUB_DATABASE:?}" "${HUB_CACHE:?}" "${HUB_SESSIONS:?}"

run="${HUB_RUN:-/run/hub}"
data="${HUB_DATA:-/data}"
trust="${HUB_TRUST:-/trust}"
code="${HUB_CODE:-/usr/src/nextcloud}"
# The database's client looks for files of its own there.
export HOME="$run"

mkdir -p "$run/config" "$run/temporary" "$run/php" "$run/sessions"
cp "${HUB_CONFIG:-/config}/config.php" "$run/config/config.php"
printf '# Nextcloud data directory\n' >"$data/.ncdata"
cat "$code/resources/config/ca-bundle.crt" "$trust"/*.crt >"$run/authorities.crt"
{
  printf 'openssl.cafile = "%s"\n' "$run/authorities.crt"
  printf 'curl.cainfo = "%s"\n' "$run/authorities.crt"
  printf 'sys_temp_dir = "%s"\n' "$run/temporary"
  printf 'upload_tmp_dir = "%s"\n' "$run/temporary"
  printf 'session.save_handler = redis\n'
  printf 'session.save_path = "tls://%s?auth[]=%s&timeout=5&read_timeout=5"\n' "$HUB_SESSIONS" "$(cat "${HUB_SECRETS:-/secrets}/cache")"
} >"$run/php/hub.ini"
cat "${HUB_CONFIG:-/config}/php.ini" >>"$run/php/hub.ini"

export NEXTCLOUD_CONFIG_DIR="$run/config"
export PHP_INI_SCAN_DIR=":$run/php"
exec "$@"
