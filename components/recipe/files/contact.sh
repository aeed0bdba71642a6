#!/bin/sh
# answers: host-key
# Waits for the first boot to finish, then prints the host's own public SSH key, which every later connection pins, and below it which machine it is. A host
# that was born with a word proves with it that nobody else says so: nothing else was known of it when it was called.
set -eu
if command -v cloud-init >/dev/null 2>&1; then
  # 2 means "done, with recoverable errors": a host that is otherwise reachable may go on to convergence, which checks for itself.
  cloud-init status --wait >/dev/null 2>&1 || [ "$?" = 2 ]
fi
said=$(
  cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub
  if [ -s /etc/machine-id ]; then cat /etc/machine-id; fi
)
printf '%s\n' "$said"
word=/var/lib/sovereign-uc/birth-word
if [ -s "$word" ]; then
  word=$(cat "$word")
  printf 'proof %s\n' "$(printf '%s\n%s\n%s\n' "$word" "$said" "$word" | sha256sum | cut -d ' ' -f 1)"
fi
