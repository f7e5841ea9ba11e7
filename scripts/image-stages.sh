#!/usr/bin/env bash
# Runs the instructions of the Dockerfile without a container engine: the build stage on a clean copy
# of HEAD (or of the working tree, with --working-tree), then the final files as another user on a
# read-only file system (where this user may mount; else only as files without the right to write).
# Prints the size; fails unless SN, DN and the embedded server answer.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly USER_ID=10001
work="$(mktemp -d)"
readonly work source="$work/source" build="$work/build" image="$work/image" data="$work/data"
mkdir -p "$source" "$build" "$image" "$data"
pids=()
finish() {
  for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  chmod -R u+w "$work"
  rm -rf "$work"
}
trap finish EXIT

if [ "${1:-}" = --working-tree ]; then
  git ls-files -co --exclude-standard -z | xargs -0 ls -d 2>/dev/null | tar -cT - | tar -xC "$source"
else
  git archive HEAD | tar -xC "$source"
fi

# The instructions of one stage, a line each.
stage() {
  sed -e ':a' -e '/\\$/{N;s/\\\n */ /;ba' -e '}' "$source/Dockerfile" |
    awk -v name="$1" '/^FROM /{on = ($NF == name)} on && /^(COPY|RUN) /'
}

echo '--- stage build'
while read -r instruction rest; do
  cd "$build"
  case "$instruction" in
    COPY) (cd "$source" && read -ra parts <<<"$rest" && cp -R "${parts[@]::${#parts[@]}-1}" "$build/${parts[-1]}") ;;
    RUN) echo "$rest" && bash -c "$rest" </dev/null ;;
  esac
done < <(stage build)

echo '--- stage run'
while read -r instruction rest; do
  case "$instruction $rest" in
    'COPY --from=build '*)
      read -r _ from to <<<"$rest"
      cp -R "$build/${from#/app/}" "$image/$to"
      ;;
  esac
done < <(stage run)
chmod -R a-w,a+rX "$image"
chmod a+rx "$work"
echo "size: $(du -sm "$image" | cut -f1) MiB ($(du -sm "$image/node_modules" | cut -f1) modules," \
  "$(du -sm "$image/dist" | cut -f1) dist), $(find "$image" -type f | wc -l) files"

as_user=()
if [ "$(id -u)" = 0 ]; then
  chown -R "$USER_ID:$USER_ID" "$data"
  as_user=(setpriv "--reuid=$USER_ID" "--regid=$USER_ID" --clear-groups)
fi

# Everything is read-only but the data folder, as with readOnlyRootFilesystem.
read -r -d '' sealed <<'MOUNTS' || true
mount --make-rprivate / && mount --bind "$1" "$1" && mount -o remount,bind,ro /
shift && exec "$@"
MOUNTS
sandbox=()
if unshare --mount bash -c "$sealed" sealed "$data" true 2>/dev/null; then
  sandbox=(unshare --mount bash -c "$sealed" sealed "$data")
  echo 'the file system is read-only but for the data folder'
else
  echo 'mounting is not allowed here: the files are only without the right to write'
fi

free_port() {
  node -e "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})"
}

# start NAME ARGUMENTS…: a program of the image, in an environment that has nothing else.
start() {
  local name="$1"
  shift
  (cd "$image" && exec env -i PATH="$PATH" NODE_ENV=production "${sandbox[@]}" "${as_user[@]}" \
    node "dist/apps/$name/src/main.js" --host=127.0.0.1 "--root_dir=$data" "$@") >"$work/$name.log" 2>&1 &
  pids+=($!)
}

# expect URL TEXT: within 30 s the URL answers with that text.
expect() {
  for _ in $(seq 150); do
    if curl -fsS "$1" 2>/dev/null | grep -q "$2"; then
      echo "$1: $2"
      return
    fi
    sleep 0.2
  done
  echo "expected $2 from $1" >&2
  tail -n 20 "$work"/*.log >&2
  exit 1
}

# end: SIGTERM to all; each must exit with 0.
end() {
  for pid in "${pids[@]}"; do kill -TERM "$pid"; done
  for pid in "${pids[@]}"; do
    wait "$pid" || { echo "exit status $? after SIGTERM" >&2; tail -n 20 "$work"/*.log >&2; exit 1; }
  done
  pids=()
}

echo '--- as another user, files not writable'
for place in "$image" /tmp; do
  # Root without mounts may write /tmp: there it is the file rights alone that are tested.
  if [ "$place" = /tmp ] && [ "${#sandbox[@]}" = 0 ]; then continue; fi
  if "${sandbox[@]}" "${as_user[@]}" touch "$place/x" 2>/dev/null && [ "$(id -u)" = 0 ]; then
    echo "$place is writable" >&2
    exit 1
  fi
done
"${sandbox[@]}" "${as_user[@]}" touch "$data/x"
port="$(free_port)"
start embedded "--port=$port"
expect "http://127.0.0.1:$port/health/ready" '"status": *"ok"'
expect "http://127.0.0.1:$port/about" '"READY"'
end
dn_port="$(free_port)"
sn_port="$(free_port)"
start dn "--port=$dn_port" "--dn_urls=http://127.0.0.1:$dn_port" --bucket_name=hsds
start sn "--port=$sn_port" "--dn_urls=http://127.0.0.1:$dn_port" --bucket_name=hsds
expect "http://127.0.0.1:$dn_port/health/ready" '"status": *"ok"'
expect "http://127.0.0.1:$sn_port/health/ready" '"status": *"ok"'
expect "http://127.0.0.1:$sn_port/about" '"READY"'
expect "http://127.0.0.1:$dn_port/metrics" '^hsds_node_ready 1'
end
echo 'the image serves'
