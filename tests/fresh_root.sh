#!/usr/bin/env bash
# The Debian package on a system that has nothing: a new root made with debootstrap, in which it is installed, used and
# removed. As root, in about a minute, from the mirror of Debian that debootstrap takes or MIRROR names; part of no other
# test.
#
#   cargo deb && tests/fresh_root.sh target/debian/wmrole_*.deb
#   KEEP=1 tests/fresh_root.sh wmrole.deb      # leaves the root, with shells and the package, to look around in
# shellcheck disable=SC2016 # the shell in the root expands what the checks name
set -euo pipefail
package=$(realpath "$1")
command -v debootstrap >/dev/null || apt-get install --yes --quiet debootstrap
root=$(mktemp -d)
leave() {
  if [ -n "${KEEP:-}" ]; then
    echo "look around with: chroot $root bash -l"
    echo "take it away with: umount $root/proc $root/dev/pts && rm -rf $root"
    return
  fi
  umount "$root/proc" "$root/dev/pts" 2>/dev/null || true
  rm -rf --one-file-system "$root"
}
trap leave EXIT
inside() {
  chroot "$root" timeout 300 env -i HOME=/srv PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=xterm LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive bash -euc "cd; $1"
}
check() {
  echo "- $1"
  inside "$2" >"$root/srv/output" 2>&1 && return
  cat "$root/srv/output"
  echo "tests/fresh_root.sh: failed: $1" >&2
  exit 1
}
debootstrap --variant=minbase bookworm "$root" ${MIRROR:+"$MIRROR"} >"$root.log" 2>&1 || { cat "$root.log"; exit 1; }
rm "$root.log"
mount -t proc proc "$root/proc"
mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666
cp "$package" "$root/srv/wmrole.deb"
# What was there before, to compare with what is left
check "apt installs it" 'apt-get update; apt-get install --yes ca-certificates
  find / -xdev -not -path "/var/*" -not -path "/srv/*" | sort >before
  apt-get install --yes ./wmrole.deb'
check "it makes a sandbox, as the README says" \
  'wmrole --sandbox demo.json diff /usr/share/doc/wmrole/examples/acme.yaml | grep -q "^Plan: 1 to create"'
check "it creates and deletes a role" 'export WMROLE_SANDBOX=demo.json
  wmrole create "Mail support" --type read-only --allow alice@example.com --yes
  wmrole test "Mail support" alice@example.com
  wmrole delete "Mail support" --yes
  wmrole undo --list'
check "without man, it shows the help" 'script -qec "wmrole man show" /dev/null | grep -q "Usage: wmrole show"'
check "apt removes it, and nothing is left" 'apt-get remove --yes wmrole
  find / -xdev -not -path "/var/*" -not -path "/srv/*" | sort >after
  diff before after'
check "with shells and man it is installed again" \
  'apt-get install --yes bash-completion zsh fish man-db ./wmrole.deb'
check "man finds each page" 'for page in $(dpkg -L wmrole | sed -n "s|.*/man./\(.*\)[.][15][.]gz$|\1|p"); do
  man -w "$page"; done; man wmrole | grep -q WMROLE_SANDBOX'
check "on a terminal it opens the page" 'PAGER=cat script -qec "wmrole man show" /dev/null | grep -q "WMROLE-SHOW(1)"'
check "bash finds the completions" '. /usr/share/bash-completion/bash_completion
  _completion_loader wmrole || [ $? = 124 ]; complete -p wmrole'
check "zsh finds the completions" \
  'zsh -fc "autoload -Uz compinit && compinit -u -D && [ \"\$_comps[wmrole]\" = _wmrole ]"'
check "fish finds the completions" 'fish -c "complete -C \"wmrole sho\"" | grep -q "^show"'
check "apt removes it again" 'apt-get purge --yes wmrole; ! find / -xdev -not -path "/proc/*" -iname "*wmrole*" \
  -not -path "/srv/*" -not -path "/var/cache/*" | grep .'
if [ -n "${KEEP:-}" ]; then check "it is there to look around" 'apt-get install --yes ./wmrole.deb'; fi
echo "tests/fresh_root.sh: good"
