#!/bin/sh
# Tells Patroni to end, and waits: it stops PostgreSQL cleanly, a standby gets everything, and the lock is given up. The image's own stop signal is SIGINT, which
# Patroni 3.0 does not hear as first process, and which would cut a clean stop short in 4.1. With Patroni, the container ends, and this with it.
set -eu
kill -TERM 1
exec sleep 3600
