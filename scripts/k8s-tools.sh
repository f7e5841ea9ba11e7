#!/usr/bin/env bash
# Installs what the tests of the manifests use (test/k8s) into .tools, in pinned versions: needs Go
# and npm. Without them those tests are skipped, and fail in CI.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly TOOLS="$PWD/.tools"
readonly GO_TOOLS=(
  sigs.k8s.io/kustomize/kustomize/v5@v5.7.1
  sigs.k8s.io/kubectl-validate@v0.0.4
  github.com/zegl/kube-score/cmd/kube-score@v1.20.0
)
# Schemas of custom resources, and the grammar of Prometheus' queries.
readonly NPM_TOOLS=(
  @kubernetes-models/prometheus-operator@6.0.0
  @kubernetes-models/gateway-api@2.0.0
  @kubernetes-models/external-secrets@2.0.0
  @prometheus-io/lezer-promql@0.315.0
  @lezer/lr@1.4.12
  @lezer/common@1.5.5
)

mkdir -p "$TOOLS/bin" "$TOOLS/stamps"
for tool in "${GO_TOOLS[@]}"; do
  stamp="$TOOLS/stamps/${tool//\//_}"
  [ -e "$stamp" ] && continue
  echo "building $tool"
  GOBIN="$TOOLS/bin" GOTOOLCHAIN=local GOFLAGS=-mod=mod go install "$tool"
  touch "$stamp"
done
stamp="$TOOLS/stamps/npm-$(printf '%s ' "${NPM_TOOLS[@]}" | cksum | cut -d' ' -f1)"
if [ ! -e "$stamp" ]; then
  [ -e "$TOOLS/package.json" ] || echo '{ "name": "hsds-k8s-tools", "private": true }' >"$TOOLS/package.json"
  npm install --prefix "$TOOLS" --no-audit --no-fund --loglevel=error "${NPM_TOOLS[@]}"
  touch "$stamp"
fi
ls "$TOOLS/bin"
