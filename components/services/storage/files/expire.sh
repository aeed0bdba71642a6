#!/bin/sh
# Carries out the buckets' rules on former versions and unfinished uploads: the store keeps the rules, and does nothing about them by itself.
#
# STORE_S3_GRPC  a gateway's gRPC address
# STORE_MASTERS, STORE_CONFIG, STORE_WORK  as in make-buckets.sh
set -eu

weed -logtostderr=true "-config_dir=$STORE_CONFIG" shell "-master=$STORE_MASTERS" >"$STORE_WORK/shell" 2>&1 <<END
s3.lifecycle.run-shard -shards 0-15 -s3 $STORE_S3_GRPC -events 0 -runtime 30m
END
cat "$STORE_WORK/shell"
if grep -qi '^error' "$STORE_WORK/shell"; then exit 1; fi
