#!/bin/bash
# Whether the focus says that it works.
exec curl --fail-with-body http://127.0.0.1:8888/about/health
