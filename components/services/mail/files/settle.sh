#!/bin/sh
# Tells the mail servers their settings: starts one in recovery mode, which opens no port but its own and delivers nothing, asks for what is there, changes what is to be,
# and stops it. The very first time it then starts one as it will be, alone: what servers make for themselves they make without a lock, and two would make it twice. Run again, it does the same again; mailboxes and messages stay.
#
# MAIL_PROGRAM      upstream's program
# MAIL_CONFIG       folder of config.json and steps.txt
# MAIL_SECRETS      folder of secret files
# MAIL_WORK         folder that may be written to
# MAIL_AUTHORITIES  files of authorities, in words
# MAIL_PORT         port of the server meanwhile
# MAIL_OWN_PORT     web port of a server as it will be
# MAIL_WAIT         seconds in which it has to answer
set -eu

umask 077
# The copy has not upstream's right to low ports, with which a pod that has given up all rights cannot start it.
cp "$MAIL_PROGRAM" "$MAIL_WORK/mail-server"
# shellcheck disable=SC2086
cat $MAIL_AUTHORITIES >"$MAIL_WORK/authorities.crt"
export SSL_CERT_FILE="$MAIL_WORK/authorities.crt"
# A word for this run alone.
word="$(head -c 32 /dev/urandom | base64 | tr -dc 'A-Za-z0-9')"
printf 'user = "settle:%s"\n' "$word" >"$MAIL_WORK/keys"
STALWART_RECOVERY_MODE=1 STALWART_RECOVERY_MODE_PORT="$MAIL_PORT" STALWART_RECOVERY_ADMIN="settle:$word" \
  "$MAIL_WORK/mail-server" --config "$MAIL_CONFIG/config.json" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT

answers() {
  tries=0
  until curl -fsS --noproxy '*' -o "$MAIL_WORK/answer" --max-time 5 "http://127.0.0.1:$1" 2>"$MAIL_WORK/problem"; do
    tries=$((tries + 1))
    if [ "$tries" -gt "$MAIL_WAIT" ] || ! kill -0 "$server" 2>/dev/null; then
      echo "expected a server that answers, got $(cat "$MAIL_WORK/problem")" >&2
      exit 1
    fi
    sleep 1
  done
}
answers "$MAIL_PORT/healthz/live"

# Marks and what stands in their place, inside texts of JSON, as commands of sed.
: >"$MAIL_WORK/marks"
mark() {
  printf 's|@%s@|%s|g\n' "$1" "$(printf '%s' "$2" | sed -e 's/[\\"]/\\&/g' -e 's/[&|\\]/\\&/g')" >>"$MAIL_WORK/marks"
}
for file in "$MAIL_SECRETS"/account-* "$MAIL_SECRETS/cache"; do
  [ -e "$file" ] && mark "secret:${file##*/}" "$(cat "$file")"
done

# Leaves the answer in a file.
ask() {
  printf '%s' "$1" | sed -f "$MAIL_WORK/marks" >"$MAIL_WORK/request"
  curl -fsS --noproxy '*' --max-time 120 -K "$MAIL_WORK/keys" -H 'Content-Type: application/json' --data-binary "@$MAIL_WORK/request" \
    -o "$MAIL_WORK/answer" "http://127.0.0.1:$MAIL_PORT/jmap"
}

must() {
  ask "$1"
  if grep -qE '"not(Created|Updated|Destroyed)":|\["error",' "$MAIL_WORK/answer"; then
    echo "expected $(printf '%s' "$1" | sed -n 's/.*"\(x:[A-Za-z]*\)\/set".*/\1/p') to be set, got $(head -c 2000 "$MAIL_WORK/answer")" >&2
    exit 1
  fi
}

found=""
while read -r step about request; do
  case "$step" in
    do) must "$request" ;;
    find)
      must "$request"
      id="$(sed -n 's/.*"ids":\["\([^"]*\)".*/\1/p' "$MAIL_WORK/answer")"
      found="$(printf '%s' "$found" | sed "s/ $about=[^ ]*//")"
      if [ -n "$id" ]; then
        found="$found $about=$id"
        mark "id:$about" "$id"
      fi
      ;;
    new) case "$found " in *" $about="*) ;; *) must "$request" ;; esac ;;
    old) case "$found " in *" $about="*) must "$request" ;; esac ;;
    start)
      case "$found " in
        *" $about="*) ;;
        *)
          kill "$server"
          wait "$server" 2>/dev/null || true
          "$MAIL_WORK/mail-server" --config "$MAIL_CONFIG/config.json" &
          server=$!
          answers "$MAIL_OWN_PORT/healthz/ready"
          ;;
      esac
      ;;
    *)
      echo "expected a step, got $step" >&2
      exit 1
      ;;
  esac
done <"$MAIL_CONFIG/steps.txt"

kill "$server"
wait "$server" 2>/dev/null || true
trap - EXIT
rm -f "$MAIL_WORK/keys" "$MAIL_WORK/marks" "$MAIL_WORK/request" "$MAIL_WORK/answer"
echo "the servers' settings are as planned"
