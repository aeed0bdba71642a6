#!/bin/sh
# Gets and renews the certificates of /etc/acme/names (a line each: name, host names), and writes down in /results/patch.json what changes in their Secret.
# The account's key is known beforehand: the edge answers challenges with its thumbprint, without being told of any.
set -u
umask 077
# The program stands in the root of its image (go-acme/lego, buildx.Dockerfile).
PATH=$PATH:/
results=/results
account=$results/accounts/$ACME_FOLDER/edge
mkdir -p "$account" "$results/certificates" "$results/web/.well-known/acme-challenge"
echo '{}' >"$results/patch.json"
failed=0

client() {
  command=$1
  shift
  # shellcheck disable=SC2086 # two words, or none
  lego $command --path "$results" --server "$ACME_DIRECTORY" --account-id edge "$@"
}

# An account that the directory knows by this key is taken; a new one is made with a key of its own at first, since the client takes no other.
know_account() {
  echo y | client "accounts recover" --private-key /account/account.key && return
  rm -rf "$account"
  client "accounts register" --key-type ec256 --accept-tos ${ACME_EMAIL:+--email "$ACME_EMAIL"} ${LEGO_EAB_KID:+--eab} &&
    echo y | client "accounts keyrollover" --private-key /account/account.key
}

if [ -s /acme/account.json ] && grep -qF "\"$ACME_DIRECTORY\"" /acme/account.json; then
  cp /acme/account.json "$account/account.json"
  cp /account/account.key "$account/edge.key"
else
  know_account || {
    echo 1 >"$results/result"
    exit 0
  }
fi

while read -r name hosts; do
  for end in crt key json; do
    if [ -s "/acme/$name.$end" ]; then cp "/acme/$name.$end" "$results/certificates/"; fi
  done
  domains=
  for host in $hosts; do domains="$domains --domains $host"; done
  # shellcheck disable=SC2086 # a word per host name
  client run --cert.name "$name" $domains --force-cert-domains --key-type ec256 \
    --http --http.webroot "$results/web" --ari-disable --no-random-sleep </dev/null || failed=1
done </etc/acme/names

# An order can fail because the directory knows the account no more: the next run looks for it anew.
if [ "$failed" = 1 ]; then rm -f "$account/account.json"; fi

# What was there and is no more wanted goes; what is new or changed comes.
{
  separator=
  printf '{"data":{'
  for file in "$account/account.json" "$results"/certificates/*.crt "$results"/certificates/*.key "$results"/certificates/*.json; do
    key=${file##*/}
    case $key in *.issuer.crt) continue ;; esac
    if [ ! -s "$file" ] || cmp -s "$file" "/acme/$key"; then continue; fi
    printf '%s"%s":"%s"' "$separator" "$key" "$(base64 "$file" | tr -d '\n')"
    separator=,
  done
  for file in /acme/*; do
    key=${file##*/}
    if [ ! -f "$file" ] || [ -f "$results/certificates/$key" ] || [ -f "$account/$key" ]; then continue; fi
    printf '%s"%s":null' "$separator" "$key"
    separator=,
  done
  printf '}}\n'
} >"$results/patch.json"
echo "$failed" >"$results/result"
