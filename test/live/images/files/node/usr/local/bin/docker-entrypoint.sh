#!/bin/sh
# Runs the command that it is given.
exec "$@"
