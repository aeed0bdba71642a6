#!/bin/sh
# Runs a program as if the files of a tree were those of the machine: inside.sh TREE PROGRAM [ARGUMENT…]
# It is started in a mount namespace of its own; what it or the program writes to /etc, /var and /run goes with it.
set -eu
tree=$1
shift
mount -t tmpfs none /run
for folder in /etc /var; do
  over="/run/over$folder"
  mkdir -p "$over/upper" "$over/work"
  mount -t overlay -o "lowerdir=$folder,upperdir=$over/upper,workdir=$over/work" none "$folder"
done
cp -R "$tree/." /
cd /
# Not in this shell's place: its end is the end of all that it has started, whatever user they have become. Through a pipe, which can be opened as
# /dev/stdout; what the test listens on is a socket, which cannot.
"$@" 2>&1 | cat
