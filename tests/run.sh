#!/usr/bin/env bash
# All tests. Installs what they need: the AWS CLI from PyPI, into a directory of the build.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --locked

venv=target/venv
if [ ! -x "$venv/bin/aws" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check awscli==1.45.11
fi
cargo build --locked
tests/aws_cli.sh target/debug/wmrole "$venv/bin/aws"
