#!/usr/bin/env bash
# The Debian package and the archive of a release, made of the program that is given instead of a release build: all
# else in them is the same. The package is installed below target/, used there, and removed.
#
#   tests/package.sh target/debug/wmrole target/tools/bin/cargo-deb
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1 cargo_deb=$2 work=$PWD/target/package
fail() {
  echo "tests/package.sh: $*" >&2
  exit 1
}
rm -rf "$work"
mkdir -p "$work/release"
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)

# Without debug information, as the profile of releases has it; cargo-deb looks for it where releases are built
strip -o "$work/release/wmrole" "$program"
CARGO_TARGET_DIR=$work "$cargo_deb" --quiet --no-build --fast --output "$work/wmrole.deb" >/dev/null
contents=$(dpkg-deb -c "$work/wmrole.deb" | awk '{print $1, $6}')
for file in \
  "-rwxr-xr-x ./usr/bin/wmrole" \
  "-rw-r--r-- ./usr/share/bash-completion/completions/wmrole" \
  "-rw-r--r-- ./usr/share/zsh/vendor-completions/_wmrole" \
  "-rw-r--r-- ./usr/share/fish/vendor_completions.d/wmrole.fish" \
  "-rw-r--r-- ./usr/share/doc/wmrole/README.md" \
  "-rw-r--r-- ./usr/share/doc/wmrole/copyright"; do
  grep -qxF -- "$file" <<<"$contents" || fail "no $file in the package: $contents"
done
[ "$(dpkg-deb -f "$work/wmrole.deb" Version)" = "$version-1" ] || fail "the package is not of version $version"
grep -q libc6 <<<"$(dpkg-deb -f "$work/wmrole.deb" Depends)" || fail "the package names no library that it needs"

# A root of its own, so that nothing of this machine changes: what the package depends on is not in it, and all of the
# package is, though this machine may leave man pages out
package() {
  dpkg --root="$work/root" --force-not-root --force-depends --path-include='/*' --log="$work/dpkg.log" "$@" \
    >>"$work/dpkg.out" 2>&1 || fail "dpkg $*: $(cat "$work/dpkg.out")"
}
mkdir -p "$work"/root/var/lib/dpkg/{info,updates,triggers}
touch "$work/root/var/lib/dpkg/status"
package --install "$work/wmrole.deb"
cd "$work/root"
[ "$(usr/bin/wmrole --version)" = "wmrole $version" ] || fail "it is another version"
grep -q '^Migration ' <<<"$(usr/bin/wmrole --sandbox "$work/demo.json" --quiet list)" || fail "it does not list"
for page in ../../../man/*; do
  page=${page##*/}
  man -M usr/share/man -w "${page##*.}" "${page%.*}" >/dev/null || fail "man does not find $page"
done
grep -q WMROLE_SANDBOX <<<"$(man -M usr/share/man wmrole)" || fail "man does not show the page"
bash --norc -c '. usr/share/bash-completion/completions/wmrole && complete -p wmrole' >/dev/null ||
  fail "bash does not load its completions"
cd ../../..
package --purge wmrole
left=$(find "$work/root" -path '*/var/lib/dpkg' -prune -o \( -type f -o -iname '*wmrole*' \) -print)
[ -z "$left" ] || fail "the package leaves $left"

# The archive is where binstall looks for it, and has the program where binstall expects it
target=$(rustc -vV | sed -n 's/^host: //p')
archive=$(examples/ci/archive.sh "$work/release/wmrole" "$target" "$work")
expected() {
  sed -n "s/^$1 = \"\(.*\)\"$/\1/p" Cargo.toml |
    sed "s/{ name }\|{ bin }/wmrole/g; s/{ version }/$version/g; s/{ target }/$target/g; s/{ binary-ext }//"
}
[ "$(expected pkg-url)" = "{ repo }/releases/download/v$version/${archive##*/}" ] ||
  fail "binstall looks for $(expected pkg-url), and not for $archive"
tar -tzf "$archive" >"$work/archive"
grep -qxF "$(expected bin-dir)" "$work/archive" || fail "binstall looks for $(expected bin-dir) in the archive"
grep -q '/man/wmrole.1$' "$work/archive" || fail "no man page in the archive"

# With Rust, and the profile of the tests
cargo install --quiet --locked --debug --path . --root "$work/cargo" --no-track
[ "$("$work/cargo/bin/wmrole" --version)" = "wmrole $version" ] || fail "cargo install installs something else"
rm -rf "$work"
echo "tests/package.sh: the package and the archive are good"
