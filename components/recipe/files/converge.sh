#!/bin/sh
# Applies a recipe read from standard input: the filter, packages, files (each written beside its place and renamed), units (restarted only if one of their
# files changed, in this run or in one before that was cut). Nothing is touched before the last line has arrived. A second run with the same recipe changes nothing.
set -eu
umask 077
# shellcheck disable=SC3045 # Debian's sh knows it
ulimit -c 0
state=/var/lib/sovereign-uc
# The recipe holds secrets: it lies in memory only, and goes with this run, or with the next one if this is killed.
memory=/run/sovereign-uc
mkdir -p "$state" "$memory"
exec 9>"$state/lock"
flock 9
rm -rf "$state"/run.* "$memory"/run.*
if [ -f "$state/writing" ]; then
  while read -r left; do rm -f -- "$left"; done <"$state/writing"
fi

work=$(mktemp -d "$memory/run.XXXXXX")
filter=/etc/nftables.conf
names_open=
shut_names() {
  if [ -n "$names_open" ]; then nft -f "$filter"; fi
  names_open=
}
# What is open for a while is shut again however this ends.
trap 'shut_names; rm -rf "$work"' EXIT INT TERM
cat >"$work/recipe"
[ "$(tail -n 1 "$work/recipe")" = end ] || {
  echo "expected a whole recipe, got one that was cut; nothing was changed, run it again" >&2
  exit 1
}

decode() { printf '%s' "$1" | base64 -d; }

# Packages that are missing, in one go.
missing=
while read -r kind name _; do
  [ "$kind" = package ] || continue
  dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $name"
done <"$work/recipe"

# Which unit has to be told of which file.
while read -r kind _ name files; do
  [ "$kind" = unit ] || continue
  for file in $files; do printf '%s %s\n' "$file" "$name"; done
done <"$work/recipe" >"$work/readers"
# Those that have not been told yet are remembered outside of this run: it may be cut, and the next one finds the files as they should be.
mkdir -p "$state/untold"
untold() { # untold PATH: its readers, PATH in base64
  sed -n "s|^$1 ||p" "$work/readers" | while read -r reader; do : >"$state/untold/$reader"; done
}

: >"$work/changed"
: >"$work/manifest"
write() { # write MODE OWNER PATH CONTENT
  path=$(decode "$3")
  printf '%s\n' "$path" >>"$work/manifest"
  (umask 022 && mkdir -p "$(dirname "$path")")
  # Beside its place for a moment, under a name that no folder's reader takes up: where that is stands outside of this run, which may be killed.
  next=$(dirname "$path")/.$(basename "$path").next
  printf '%s\n' "$next" >"$state/writing"
  rm -f -- "$next"
  decode "$4" >"$next"
  chmod "$1" "$next"
  chown "$2" "$next"
  if [ -f "$path" ] && cmp -s "$next" "$path" && [ "$(stat -c '%a %U:%G' "$next")" = "$(stat -c '%a %U:%G' "$path")" ]; then
    rm -f "$next"
  else
    untold "$3"
    mv -f "$next" "$path"
    printf '%s\n' "$path" >>"$work/changed"
  fi
}
each_file() { # each_file PATTERN: writes the files whose path matches
  while read -r kind mode owner name content; do
    [ "$kind" = file ] || continue
    # shellcheck disable=SC2254 # the pattern is meant as one
    case $(decode "$name") in
    $1) write "$mode" "$owner" "$name" "$content" ;;
    esac
  done <"$work/recipe"
}
load_filter() { # A changed filter counts at once: before packages and units, which need what it opens. A host may lack nftables until its packages are there.
  if grep -qxF "$filter" "$work/changed" && command -v nft >/dev/null; then nft -f "$filter"; fi
}
# A host that will ask a resolver of its own has none before its packages are there. Until then its image's resolvers answer, apt alone may ask them, and
# isolated ranges stay shut: their drops come after every accept. The recipe's resolv.conf waits for the packages.
names_to_come() {
  if grep -qxF /etc/resolv.conf "$state/manifest" 2>/dev/null; then return 1; fi
  while read -r kind _ _ name content; do
    if [ "$kind" = file ] && [ "$(decode "$name")" = /etc/resolv.conf ]; then
      decode "$content" | grep -q '^nameserver 127\.' && return 0
    fi
  done <"$work/recipe"
  return 1
}
open_names() {
  if ! nft list table inet sovereign_uc >/dev/null 2>&1; then return; fi
  names_open=yes
  for user in _apt systemd-resolve; do
    if ! grep -q "^$user:" /etc/passwd; then continue; fi
    nft add rule inet sovereign_uc output meta skuid "$user" meta l4proto '{' tcp, udp '}' th dport 53 accept
  done
}
# At a first boot the system's own update may hold apt's locks. apt waits for dpkg's where it is told to, and never for those of its lists and archives
# (apt 2.6.2 gives up at once).
apt() { # apt ARGUMENTS: apt-get, once no other one is at work
  waited=0
  while :; do
    status=0
    LC_ALL=C apt-get "$@" 2>"$work/apt" || status=$?
    cat "$work/apt" >&2
    if [ "$status" = 0 ]; then return; fi
    if ! grep -q '^E: Could not get lock .*/\(lists\|archives\)/lock' "$work/apt" || [ "$waited" -ge 300 ]; then return "$status"; fi
    sleep 5
    waited=$((waited + 5))
  done
}
each_file "$filter"
load_filter
# What the installation of packages needs comes next.
each_file '/etc/apt/*'
each_file '/etc/hosts'
if [ -n "$missing" ]; then
  if names_to_come; then open_names; fi
  export DEBIAN_FRONTEND=noninteractive
  apt update -q
  # shellcheck disable=SC2086 # a list of words
  apt install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 $missing
  shut_names
  load_filter
fi
each_file '*'

# Units of an earlier recipe that this one no longer has end while their files are there. Those that an enrolled machine had before go on.
sed -n 's/^unit [a-z]* \([^ ]*\).*/\1/p' "$work/recipe" | sort -u >"$work/units"
touch "$state/units"
cp "$work/units" "$work/known"
comm -23 "$state/units" "$work/units" >"$work/dropped"
while read -r unit; do
  if grep -qxF "$unit" "$state/units-before" 2>/dev/null; then
    printf '%s\n' "$unit" >>"$work/known"
    continue
  fi
  systemctl disable --quiet --now "$unit" 2>/dev/null || true
  if systemctl is-active --quiet "$unit"; then
    echo "expected $unit, which the recipe no longer has, to stop, got one that runs on; stop it and run this again" >&2
    exit 1
  fi
done <"$work/dropped"
# Every one that may run is remembered for the release of the machine.
sort -u "$work/known" >"$state/units.next"
mv -f "$state/units.next" "$state/units"

# Files of an earlier recipe that this one no longer has.
sort -u "$work/manifest" >"$work/now"
if [ -f "$state/manifest" ]; then
  comm -23 "$state/manifest" "$work/now" | while read -r gone; do
    untold "$(printf '%s' "$gone" | base64 -w 0)"
    rm -f -- "$gone"
    printf '%s\n' "$gone" >>"$work/changed"
  done
fi
cp "$work/now" "$state/manifest.next"
mv -f "$state/manifest.next" "$state/manifest"

# Kernel settings: what was there before is remembered, and comes back where no file sets it any more.
sed -n '\|^/etc/sysctl\.d/|p' "$work/now" | while read -r file; do
  sed -n 's/^\([^ #]*\) = .*/\1/p' "$file"
done | sort -u >"$work/keys"
kernel() { printf '/proc/sys/%s' "$1" | tr . /; }
touch "$state/kernel"
while read -r key; do
  if [ -r "$(kernel "$key")" ] && ! grep -q "^$key " "$state/kernel"; then
    printf '%s %s\n' "$key" "$(cat "$(kernel "$key")")" >>"$state/kernel"
  fi
done <"$work/keys"
while read -r key value; do
  if grep -qxF "$key" "$work/keys"; then
    printf '%s %s\n' "$key" "$value" >>"$work/kernel"
  elif [ -w "$(kernel "$key")" ]; then
    printf '%s\n' "$value" >"$(kernel "$key")"
  fi
done <"$state/kernel"
touch "$work/kernel"
cp "$work/kernel" "$state/kernel.next"
mv -f "$state/kernel.next" "$state/kernel"

# Units: enabled, running, and told of changed files.
systemctl daemon-reload
sed -n '/^later /p' "$work/recipe" >"$work/later"
while read -r kind action name _; do
  [ "$kind" = unit ] || continue
  systemctl enable --quiet "$name"
  if [ ! -e "$state/untold/$name" ]; then
    action=start
  elif [ "$action" = reload ]; then
    action=reload-or-restart
  fi
  if grep -qxF "later $name" "$work/later"; then
    systemctl --no-block "$action" "$name"
  else
    systemctl "$action" "$name"
  fi
  rm -f "$state/untold/$name"
done <"$work/recipe"
printf 'changed %s\n' "$(sort -u "$work/changed" | wc -l)"
