#!/bin/bash
# Says to the bridges' autoscaler how many there are at least at this time, and how many at most. It says the same until the time has come for another number, so
# that a run that was missed costs five minutes and no peak.
set -euo pipefail

read -r day hour minute <<<"${NOW:-$(date -u '+%u %H %M')}"
now=$((10#$hour * 60 + 10#$minute))

least=$LEAST
while read -r on from to bridges; do
  if [ "$on" -eq "$day" ] && [ "$now" -ge "$from" ] && [ "$now" -lt "$to" ] && [ "$bridges" -gt "$least" ]; then
    least=$bridges
  fi
done <"${FLOORS:-/floors/table}"
# Without a load to follow, there are exactly as many as the clock says.
most=$least
if [ "${FOLLOW_LOAD:-false}" = true ] && [ "$MOST" -gt "$least" ]; then
  most=$MOST
fi

account="${ACCOUNT:-/var/run/secrets/kubernetes.io/serviceaccount}"
api="${API:-https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT}"
# The token goes by standard input: arguments are for everybody on the host to read.
curl -fsS --max-time 20 -o /dev/null --cacert "$account/ca.crt" -X PATCH -H @- -H 'Content-Type: application/merge-patch+json' \
  --data "{\"spec\":{\"minReplicas\":$least,\"maxReplicas\":$most}}" \
  "$api/apis/autoscaling/v2/namespaces/$NAMESPACE/horizontalpodautoscalers/$AUTOSCALER" \
  <<<"Authorization: Bearer $(<"$account/token")"
echo "bridges: $least to $most"
