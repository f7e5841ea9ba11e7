#!/usr/bin/env bash
# Creates the Python environments of the client and oracle tests, each from its pinned list in
# scripts/requirements/, as .venv-<name> beside package.json. An environment that is already there
# and was made from the same list is kept, so the script may run any number of times, also twice at once.
#
#   scripts/python-env.sh                     these four: h5pyd024 h5pyd1 hsds09 hsds10
#   scripts/python-env.sh h5pyd1 hsds10       only these
#
# PYTHON names the interpreter (default python3.11, else python3).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-$(command -v python3.11 || command -v python3)}

install_environment() {
  local name=$1
  local list="$root/scripts/requirements/$name.txt"
  local venv="$root/.venv-$name"
  if [ ! -f "$list" ]; then
    echo "python-env: no $list; known: $(cd "$root/scripts/requirements" && ls | sed 's/\.txt$//' | tr '\n' ' ')" >&2
    return 1
  fi
  mkdir -p "$venv"
  exec 9>"$venv/.lock"
  flock 9
  if cmp -s "$list" "$venv/.installed"; then
    return 0
  fi
  echo "python-env: making .venv-$name from scripts/requirements/$name.txt"
  "$python" -m venv "$venv"
  # The lists are complete, so nothing needs resolving: --no-deps keeps them exact.
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$list"
  cp "$list" "$venv/.installed"
}

if [ $# -eq 0 ]; then
  set -- h5pyd024 h5pyd1 hsds09 hsds10
fi
for name in "$@"; do
  install_environment "$name"
done
