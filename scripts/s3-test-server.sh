#!/usr/bin/env bash
# A local S3 server (moto) for the contract test of the S3 driver.
#
#   scripts/s3-test-server.sh start    starts it on a free port, prints the endpoint
#   scripts/s3-test-server.sh stop     stops the one that was started
#   scripts/s3-test-server.sh run CMD  starts it, runs CMD with HSDS_TEST_S3_ENDPOINT set, stops it
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv="$root/.venv-moto"
state="$venv/server.pid"
log="$venv/server.log"

start() {
  if [ -f "$state" ] && kill -0 "$(cat "$state")" 2>/dev/null; then
    echo "s3-test-server: already running, stop it first" >&2
    return 1
  fi
  "$root/scripts/python-env.sh" moto >&2
  local port
  port=$("$venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  nohup "$venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$log" 2>&1 &
  echo $! >"$state"
  for _ in $(seq 300); do
    if curl -fsS -o /dev/null "http://127.0.0.1:$port/moto-api/data.json" 2>/dev/null; then
      echo "http://127.0.0.1:$port"
      return 0
    fi
    sleep 0.2
  done
  echo "s3-test-server: no answer; see $log" >&2
  return 1
}

stop() {
  if [ -f "$state" ]; then
    kill "$(cat "$state")" 2>/dev/null || true
    rm -f "$state"
  fi
}

case "${1:-}" in
  start) start ;;
  stop) stop ;;
  run)
    shift
    trap stop EXIT
    endpoint=$(start)
    HSDS_TEST_S3_ENDPOINT="$endpoint" "$@"
    ;;
  *)
    echo "usage: $0 start | stop | run COMMAND..." >&2
    exit 2
    ;;
esac
