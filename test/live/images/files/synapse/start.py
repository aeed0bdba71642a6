#!/usr/bin/python3
"""Runs the homeserver with the options that stand after the word `run`, as the image's start.py does for a user that is not root."""
import os
import sys

mode, options = (sys.argv[1:2] or ["run"])[0], sys.argv[2:]
if mode != "run":
    sys.exit("expected the mode run, got %s" % mode)
if "-m" not in options:
    options = ["-m", os.environ.get("SYNAPSE_WORKER", "synapse.app.homeserver")] + options
os.execv(sys.executable, [sys.executable] + options)
