#!/usr/bin/env bash
# For a copy of wmrole's own repository: one archive of a release, for a machine without a package of its own. It has
# the program, man pages, completions and examples, and is named as `cargo binstall` looks for it.
#
#   ci/archive.sh PROGRAM TARGET DIRECTORY      # DIRECTORY/wmrole-VERSION-TARGET.tar.gz
set -euo pipefail
program=$(realpath "$1") target=$2
mkdir -p "$3"
directory=$(realpath "$3")
cd "$(git rev-parse --show-toplevel 2>/dev/null || pwd)"
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
name=wmrole-$version-$target
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/$name" "$work/$name/examples"
cp "$program" "$work/$name/wmrole"
chmod 755 "$work/$name/wmrole"
cp -R README.md CHANGELOG.md LICENSE man completions "$work/$name"
cp examples/acme.yaml "$work/$name/examples"
tar -C "$work" -czf "$directory/$name.tar.gz" "$name"
echo "$directory/$name.tar.gz"
