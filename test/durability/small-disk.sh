#!/usr/bin/env bash
# Runs a command with SMALL_DISK naming an empty file system of 24 MiB: a tmpfs of this command alone, in a mount
# name space of its own, as root or as a user that may make name spaces.
set -euo pipefail
if [ -z "${SMALL_DISK:-}" ]; then
  SMALL_DISK=$(mktemp -d)
  export SMALL_DISK
  trap 'rmdir "$SMALL_DISK"' EXIT
  if unshare -m true 2>/dev/null; then unshare -m bash "$0" "$@"; else unshare -rm bash "$0" "$@"; fi
  exit
fi
mount -t tmpfs -o size=24m none "$SMALL_DISK"
exec "$@"
