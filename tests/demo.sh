#!/usr/bin/env bash
# Builds wmrole, and shows and applies the plan of examples/acme.yaml against a new sandbox.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --locked --quiet
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export WMROLE_SANDBOX=$home/sandbox.json XDG_STATE_HOME=$home
target/debug/wmrole apply examples/acme.yaml --yes
