#!/bin/sh
# Installs the Debian packages of debian.txt that are missing, where that may be done: as root, on Debian. Elsewhere it says what is missing, and the
# tests that need it are skipped. Under CI=true what is missing afterwards is a failure.
set -eu

list="$(dirname "$0")/debian.txt"
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

missing() {
  grep -v '^#' "$list" | while read -r package program; do
    command -v "$program" >/dev/null || [ -e "$program" ] || printf '%s ' "$package"
  done
}

wanted="$(missing)"
[ -n "$wanted" ] || exit 0

if ! command -v apt-get >/dev/null; then
  why="this is not a Debian system"
elif [ "$(id -u)" -ne 0 ]; then
  why="only root may install them"
else
  why="apt-get could not install them"
  echo "installing Debian packages for the tests: $wanted" >&2
  # Tests start the programs themselves: the packages' own services stay off.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2 || true
  # shellcheck disable=SC2086 # one word per package
  apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends $wanted >&2 || true
  wanted="$(missing)"
fi

[ -n "$wanted" ] || exit 0
if [ "${CI:-}" = true ]; then
  echo "missing: $wanted($why)" >&2
  exit 1
fi
echo "missing: $wanted($why); the tests that need them are skipped" >&2
