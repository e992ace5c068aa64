#!/usr/bin/env bash
# Builds wmrole, and shows and applies the plan of examples/acme.yaml against a new sandbox.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --locked --quiet
# Below the build directory and left there: the report names a file in it
home=$PWD/target/demo
rm -rf "$home"
export WMROLE_SANDBOX=$home/sandbox.json XDG_STATE_HOME=$home
mkdir -p "$home"
target/debug/wmrole apply examples/acme.yaml --yes
