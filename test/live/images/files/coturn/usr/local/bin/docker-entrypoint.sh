#!/bin/bash
# Options alone are turnserver's. Every word is expanded by the shell once more, so that "$(…)" in an argument runs.
case "$1" in
-*) set -- turnserver "$@" ;;
esac
words=()
for word; do
  words+=("$(eval "echo $word")")
done
exec "${words[@]}"
