#!/usr/bin/env bash
# Starts the service on a temporary folder, runs a command against it, stops it:
#   scripts/with-server.sh [flags of the service ...] -- command ...
# The command finds the address in ENDPOINT and the bucket in BUCKET_DIR. The service must have been built (npm run build).
set -u
cd "$(dirname "$0")/.." || exit 1
flags=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  flags+=("$1")
  shift
done
shift || { echo 'usage: with-server.sh [flags] -- command' >&2; exit 2; }
folder=$(mktemp -d)
# One for the service, the others for its data nodes.
port=$(node scripts/free-ports.mjs 9) || exit 1
dn_port=$((port + 1))
UV_THREADPOOL_SIZE=8 node dist/apps/embedded/src/main.js --host 127.0.0.1 --port "$port" \
  --dn_port "$dn_port" --root_dir "$folder/data" --hsds_endpoint "http://127.0.0.1:$port" \
  ${flags[@]+"${flags[@]}"} >"$folder/log" 2>&1 &
server=$!
finish() {
  kill -TERM "$server" 2>/dev/null
  wait "$server"
  local ended=$?
  if [ "$ended" -ne 0 ]; then
    echo "the service ended with status $ended:" >&2
    tail -n 50 "$folder/log" >&2
    [ "$status" -eq 0 ] && status=1
  fi
  rm -rf "$folder"
  exit "$status"
}
status=1
trap finish EXIT
for _ in $(seq 300); do
  grep -q '^READY!' "$folder/log" && break
  if ! kill -0 "$server" 2>/dev/null; then
    cat "$folder/log" >&2
    exit 1
  fi
  sleep 0.2
done
ENDPOINT="http://127.0.0.1:$port" BUCKET_DIR="$folder/data/hsdstest" "$@"
status=$?
