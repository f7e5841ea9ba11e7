#!/usr/bin/env bash
# Makes sure that h5diff and h5dump are there: Debian package hdf5-tools, installed if we may.
set -euo pipefail

if command -v h5diff >/dev/null && command -v h5dump >/dev/null; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo 'hdf5-tools: h5diff is missing; install the package hdf5-tools' >&2
  exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq hdf5-tools >/dev/null
