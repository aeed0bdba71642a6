# shellcheck shell=bash
# What upstream's supervisor (s6-overlay v3.2.3.0, libexec/preinit) asks of a container with a read-only root, and the folder of configuration that
# each service copies to /run before it starts.

die() {
  echo "stand-in: expected $1, got $2" >&2
  exit 100
}

[ -d /run ] || die "a folder at /run" "none"
: >/run/writable 2>/dev/null || die "a /run that can be written" "a read-only one"
rm /run/writable
cp /bin/true /run/executable && { /run/executable || die "a /run without noexec" "one with it"; }
rm -f /run/executable

owner=$(stat -c %u /run)
if [ "$owner" != "$(id -u)" ]; then
  [ "$owner" = 0 ] || die "a /run of root or of user $(id -u)" "one of user $owner"
  case "$(stat -c %A /run)" in
  ????rw[xs]*) ;;
  *) die "a /run that its group may write" "$(stat -c %A /run)" ;;
  esac
  [ "${S6_YES_I_WANT_A_WORLD_WRITABLE_RUN_BECAUSE_KUBERNETES:-0}" != 0 ] ||
    die "S6_YES_I_WANT_A_WORLD_WRITABLE_RUN_BECAUSE_KUBERNETES where /run belongs to root" "nothing"
fi

# Copies what is mounted at /config to where the service looks for it: copied <service>. As upstream's scripts do it, which go on when it fails: a container that
# starts again in its pod finds the copies of before, and those of secrets can only be read.
copied() {
  mkdir -p "/run/$1/config"
  cp -r /config/. "/run/$1/config" || true
}
