#!/bin/sh
# Settings in files of packages.
exec /usr/local/lib/sovereign-uc/settle-bigbluebutton
