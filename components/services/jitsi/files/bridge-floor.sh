#!/bin/sh
# Writes how many bridges there are at least at this time, and how many at most, as a change of their autoscaler. It writes the same until the time has come for
# another number, so that a run that was missed costs five minutes and no peak.
set -eu

now="${NOW:-$(date -u '+%u %H %M')}"
least=$(awk -v now="$now" -v least="$AT_LEAST" '
  BEGIN { split(now, at, " "); minute = at[2] * 60 + at[3] }
  $1 == at[1] && $2 <= minute && minute < $3 && $4 > least { least = $4 }
  END { print least }
' "${FLOORS:-/floors/floors}")
# Without a load to follow, there are exactly as many as the clock says.
most=$least
if [ "${FOLLOW_LOAD:-false}" = true ] && [ "$AT_MOST" -gt "$least" ]; then
  most=$AT_MOST
fi
echo "{\"spec\":{\"minReplicas\":$least,\"maxReplicas\":$most}}" >"${RESULT:-/results/patch.json}"
echo "bridges: $least to $most"
