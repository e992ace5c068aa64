#!/usr/bin/env bash
# All tests. Installs what they need: the AWS CLI from PyPI, into a directory of the build; and, as
# root on Debian, Python's venv where it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --locked

venv=target/venv
if [ ! -x "$venv/bin/aws" ]; then
  rm -rf "$venv"
  if ! python3 -m venv "$venv" 2>/dev/null; then
    echo "tests/run.sh: python3 with venv is missing; installing it" >&2
    apt-get install --yes --quiet python3-venv || {
      apt-get update --quiet
      apt-get install --yes --quiet python3-venv
    }
    python3 -m venv "$venv"
  fi
  "$venv/bin/pip" install --quiet --disable-pip-version-check awscli==1.45.11
fi
cargo build --locked
tests/aws_cli.sh target/debug/wmrole "$venv/bin/aws"
