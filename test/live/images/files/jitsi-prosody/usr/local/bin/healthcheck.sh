#!/bin/bash
# Whether Prosody answers and all of its modules are well.
exec curl --fail-with-body http://127.0.0.1:5280/health
