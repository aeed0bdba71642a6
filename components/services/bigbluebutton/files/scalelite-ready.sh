#!/bin/sh
# Ready only if cache and database answer and nothing waits to be migrated: the page answers 200 in either case, and says which it is.
[ "$(timeout 4 wget -q -O - "http://127.0.0.1:${PORT:-3000}/health_check")" = success ]
