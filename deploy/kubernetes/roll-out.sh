#!/usr/bin/env bash
# Rolls out an overlay: first settings and dependencies, then the migrations, then all apps. The pods of the old version
# keep running until the migrations have completed. If the migrations fail, the script stops.
# Usage: deploy/kubernetes/roll-out.sh production
set -euo pipefail

name=${1:?name an overlay: development, production or external}
overlay="$(cd "$(dirname "$0")" && pwd)/overlays/$name"
component=app.kubernetes.io/component
manifests=$(mktemp)
trap 'rm -f "$manifests"' EXIT
kubectl kustomize "$overlay" > "$manifests"

apply() { kubectl apply --filename "$manifests" --selector "$1"; }
estoque() { kubectl --namespace estoque "$@"; }
conditions() { estoque get job/migrate --output 'jsonpath={.status.conditions[?(@.status=="True")].type}'; }

apply "$component notin (app, migration)"
case "$name" in
  development)
    estoque rollout status statefulset/postgres --timeout=5m
    estoque rollout status statefulset/rabbitmq --timeout=5m ;;
  production)
    estoque wait cluster.postgresql.cnpg.io/postgres --for=condition=Ready --timeout=15m
    estoque wait rabbitmqcluster.rabbitmq.com/rabbitmq --for=condition=AllReplicasReady --timeout=15m
    estoque wait permissions.rabbitmq.com --all --for=condition=Ready --timeout=5m ;;
esac

# A Job is immutable, so the previous one is deleted first.
estoque delete job/migrate --ignore-not-found
apply "$component = migration"
until ended=$(conditions) && [[ $ended =~ Complete|Failed ]]; do sleep 2; done
# The logs are for the operator only: the condition of the Job decides. The pod can be gone already.
estoque logs job/migrate || echo 'The logs of the migration are not available.' >&2
[[ $ended =~ Complete ]]

apply "$component = app"
estoque rollout status deployment --selector "$component = app" --timeout=15m
