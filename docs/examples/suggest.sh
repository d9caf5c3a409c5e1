#!/bin/sh
# Asks jieda for suggested answers, with nothing but curl.
#
#   JIEDA=http://localhost:8080 JIEDA_KEY=jieda_… docs/examples/suggest.sh
#
# Without JIEDA_KEY it sees public articles only.
set -eu
curl --fail-with-body --silent --show-error --max-time 3 "${JIEDA:-http://localhost:8080}/api/v1/suggest" \
	${JIEDA_KEY:+-H "Authorization: Bearer $JIEDA_KEY"} \
	-H 'Content-Type: application/json' \
	-d '{"message": "你好，钱啥时候退回来？", "channel": "wecom", "limit": 1}'
echo
