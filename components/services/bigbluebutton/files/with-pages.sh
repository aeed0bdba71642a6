#!/bin/sh
# Builds the pages of Greenlight, as its own bin/start does, and then runs what it was given. Nothing is fetched: node_modules are in the image.
set -eu
bundle exec rails assets:precompile
exec "$@"
