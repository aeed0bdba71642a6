#!/bin/sh
# Makes buckets and says how they keep, through the store's own S3. What is there already stays; a bucket for evidence that is there without a lock is refused, since
# a lock that came later would leave what was written before without one.
#
# STORE_URL        address of the store: https://store.store.svc.cluster.local:8333
# STORE_REGION     region of signatures
# STORE_AUTHORITY  PEM file of the store's authority
# STORE_COPIES     placement of copies: 001
# STORE_BUCKETS    words: name:days of former versions:days of evidence or nothing
# STORE_KEEPER_ACCESS_KEY, STORE_KEEPER_SECRET_KEY
# STORE_MASTERS    masters with their ports
# STORE_CONFIG     folder of the store's configuration files
# STORE_WORK       folder that may be written to
set -eu

umask 077
# The key goes in by a file, so that no list of processes shows it.
printf 'user = "%s:%s"\n' "$STORE_KEEPER_ACCESS_KEY" "$STORE_KEEPER_SECRET_KEY" >"$STORE_WORK/keys"

# ask METHOD PATH CURL-OPTIONS: leaves the status in $status and the answer in $STORE_WORK/answer.
ask() {
  method="$1"
  path="$2"
  shift 2
  status="$(curl -sS -o "$STORE_WORK/answer" -w '%{http_code}' --max-time 60 -K "$STORE_WORK/keys" --cacert "$STORE_AUTHORITY" \
    --aws-sigv4 "aws:amz:$STORE_REGION:s3" -X "$method" "$@" "$STORE_URL/$path")"
}

# succeeded METHOD PATH: ends the task unless what was asked last did.
succeeded() {
  case "$status" in
    2??) ;;
    *)
      echo "expected $1 $2 to succeed, got $status: $(cat "$STORE_WORK/answer")" >&2
      exit 1
      ;;
  esac
}

must() {
  ask "$@"
  succeeded "$@"
}

# put PATH XML: a bucket that was just made is unknown to some gateways for a moment (404, seen in 4.48); one that was there is not.
put() {
  printf '%s' "$2" >"$STORE_WORK/sent"
  # As an upload: curl signs other bodies in a way that the store does not take (7.88, seen).
  ask PUT "$1" -T "$STORE_WORK/sent"
  while [ "$status" = 404 ] && [ "$tries" -gt 1 ]; do
    tries=$((tries - 1))
    sleep 1
    ask PUT "$1" -T "$STORE_WORK/sent"
  done
  succeeded PUT "$1"
}

# locks BUCKET DAYS: says how long everything in a bucket with object lock is kept. False, with the reason in $problem, where a gateway knows of no lock.
locks() {
  ask GET "$1?object-lock="
  if ! grep -q '<ObjectLockEnabled>Enabled</ObjectLockEnabled>' "$STORE_WORK/answer"; then
    problem="a bucket without"
    return 1
  fi
  printf '%s' "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>$2</Days></DefaultRetention></Rule></ObjectLockConfiguration>" >"$STORE_WORK/sent"
  ask PUT "$1?object-lock=" -T "$STORE_WORK/sent"
  problem="$status: $(cat "$STORE_WORK/answer")"
  case "$status" in
    2??) ;;
    *) return 1 ;;
  esac
}

# Every write reaches the disk of both hosts before it is acknowledged.
weed -logtostderr=true "-config_dir=$STORE_CONFIG" shell "-master=$STORE_MASTERS" >"$STORE_WORK/shell" 2>&1 <<END
fs.configure -locationPrefix=/buckets/ -fsync -replication=$STORE_COPIES -apply
END
if ! grep -q '"fsync": *true' "$STORE_WORK/shell"; then
  echo "expected the rule for /buckets/ to say fsync, got: $(cat "$STORE_WORK/shell")" >&2
  exit 1
fi

for bucket in $STORE_BUCKETS; do
  name="${bucket%%:*}"
  days="${bucket#*:}"
  former="${days%%:*}"
  evidence="${days#*:}"

  ask HEAD "$name" --head
  tries=1
  if [ "$status" = 404 ]; then
    if [ -n "$evidence" ]; then
      must PUT "$name" -H 'x-amz-bucket-object-lock-enabled: true'
    else
      must PUT "$name"
    fi
    # Gateways hear of it one after the other.
    tries=30
    echo "made $name"
  fi

  if [ -n "$evidence" ]; then
    until locks "$name" "$evidence"; do
      tries=$((tries - 1))
      if [ "$tries" -le 0 ]; then
        echo "expected the bucket $name to have object lock, got $problem; empty and delete it, or plan another" >&2
        exit 1
      fi
      sleep 1
    done
  else
    put "$name?versioning=" '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'
  fi
  put "$name?lifecycle=" "<LifecycleConfiguration><Rule><ID>former</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter><NoncurrentVersionExpiration><NoncurrentDays>$former</NoncurrentDays></NoncurrentVersionExpiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>"
  echo "$name keeps former versions for $former days${evidence:+, and everything for $evidence days}"
done
