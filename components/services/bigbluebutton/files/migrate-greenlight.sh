#!/bin/sh
# Brings Greenlight's database to the present version, as its own bin/start does, and sets what the deployment decides. Run twice, it changes nothing.
set -eu
bundle exec rails db:migrate
bundle exec rails db:migrate:with_data
exec bundle exec rails runner /scripts/decide-greenlight.rb
