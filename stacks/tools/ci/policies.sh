#!/bin/sh
# Runs the policy packs on a change, at any forge: audits manifests, previews a stack with the packs, and writes evidence of it.
#
# Call it in a checkout of the repository that is to be judged, with Node and git there, and for a stack also the Pulumi CLI:
#
#   POLICIES=FOLDER [MANIFESTS=FOLDER] [STACK=NAME] [PACK_CONFIG=FILE] [OWN="example.ch example.org"] [OUT=FOLDER] sh policies.sh
#
#   POLICIES       folder of the pack: "policies" in a clone of sovereign-uc, "node_modules/sovereign-uc/policies" of the package
#   MANIFESTS      folder with Kubernetes manifests, rendered charts, compose files and cloud-init
#   STACK          stack to preview. It needs the backend's address (PULUMI_BACKEND_URL) and the passphrase, and changes nothing
#   PACK_CONFIG    configuration of the pack: what the judged stack cannot change (profile, own domains, exemptions). Keep it where the change cannot touch it
#   OWN            own domains for the audit of manifests
#   SIGN           private SSH key that signs the evidence (default: none)
#   OUT            folder for SARIF files and the bundle of evidence (default: policy-results)
#
# It ends with 0 if everything was judged and allowed, with 1 if something is forbidden or could not be judged, with 2 if it was called wrongly.
set -u

usage() {
  echo "expected $1; see the first lines of this script" >&2
  exit 2
}
[ -n "${POLICIES:-}" ] || usage "the folder of the policy pack in POLICIES, got nothing"
[ -f "$POLICIES/PulumiPolicy.yaml" ] || usage "a policy pack in $POLICIES, got none"
for tool in audit evidence; do
  [ -f "$POLICIES/bin/$tool.js" ] ||
    usage "the compiled $POLICIES/bin/$tool.js, got none (node policies/build.mjs compiles it in a clone)"
done
[ -n "${MANIFESTS:-}${STACK:-}" ] || usage "something to judge in MANIFESTS or STACK, got nothing"
[ -z "${PACK_CONFIG:-}" ] || [ -f "$PACK_CONFIG" ] || usage "the file $PACK_CONFIG (PACK_CONFIG), got none"

out="${OUT:-policy-results}"
mkdir -p "$out" || usage "a folder that can be written as OUT, got $out"
failed=0

if [ -n "${MANIFESTS:-}" ]; then
  set --
  for domain in ${OWN:-}; do set -- "$@" --own "$domain"; done
  node "$POLICIES/bin/audit.js" "$MANIFESTS" --sarif "$out/manifests.sarif" "$@"
  case $? in
    0) ;;
    1) failed=1 ;;
    *) exit 2 ;;
  esac
fi

if [ -n "${STACK:-}" ]; then
  command -v pulumi >/dev/null || usage "the Pulumi CLI on PATH, got none"
  log="$out/preview.jsonl"
  rm -f "$log"
  set -- preview --stack "$STACK" --non-interactive --policy-pack "$POLICIES" --event-log "$log"
  [ -z "${PACK_CONFIG:-}" ] || set -- "$@" --policy-pack-config "$PACK_CONFIG"
  # Without this, even a backend of one's own asks Pulumi's registry.
  PULUMI_DISABLE_REGISTRY_RESOLVE=true PULUMI_SKIP_UPDATE_CHECK=true pulumi "$@" || failed=1
  set --
  [ -z "${SIGN:-}" ] || set -- --sign "$SIGN"
  node "$POLICIES/bin/evidence.js" --events "$log" --out "$out/evidence" "$@" || failed=1
fi
exit "$failed"
