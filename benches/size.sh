#!/usr/bin/env bash
# The size of the program by profile, and `list` and `diff` on a large sandbox as ratios in one run.
# Usage: benches/size.sh    (needs hyperfine and jq; builds four times, some 5 minutes each)
# On 2026-11-24, with less in it: s unwind 11,903,384 bytes, s abort 10,522,760, 3 unwind 17,468,064; of the first,
# `list` takes 1.02 and 0.99 with the others, `diff` 0.96 and 0.80. On 2026-11-29: z unwind 11,485,568, `list` the same; some
# 470,000 more without the frame pointers of .cargo/config.toml, whose tables of unwinding are smaller.
# Fails when the program as it is released has 12,000,000 bytes or more.
set -euo pipefail
cd "$(dirname "$0")/.."
profiles=('z unwind' 'z abort' 's unwind' '3 unwind')
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
for profile in "${profiles[@]}"; do
  read -r level panic <<<"$profile"
  CARGO_PROFILE_RELEASE_OPT_LEVEL=$level CARGO_PROFILE_RELEASE_PANIC=$panic \
    cargo build --release --locked --quiet --target-dir "target/size-$level-$panic"
  cp "target/size-$level-$panic/release/wmrole" "$home/wmrole-$level-$panic"
  echo "opt-level $level, panic $panic: $(stat --format %s "$home/wmrole-$level-$panic") bytes"
done
released=$(stat --format %s "$home/wmrole-z-unwind")

cd "$home"
unset WMROLE_SANDBOX WMROLE_ORGANIZATION
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=secret XDG_STATE_HOME=$home
./wmrole-z-unwind --quiet sandbox init big.json --users 1000 --roles 100
first=$(./wmrole-z-unwind --sandbox big.json organizations | awk 'NR == 2 { print $1 }')
./wmrole-z-unwind --sandbox big.json --organization "$first" export >roles.yaml
# The same server for all, so that only the client differs
mkfifo url
./wmrole-z-unwind sandbox serve --state big.json >url 2>/dev/null &
server=$!
trap 'kill "$server"; rm -rf "$home"' EXIT
read -r address <url
for command in "list" "diff roles.yaml"; do
  arguments=()
  for profile in "${profiles[@]}"; do
    arguments+=("./wmrole-${profile/ /-} --endpoint-url $address --organization $first $command")
  done
  hyperfine --shell none --warmup 3 --runs 30 --style basic --export-json times.json "${arguments[@]}" >/dev/null 2>&1
  jq --raw-output --arg command "$command" \
    '.results as $all | $all[] | (.command | split(" ")[0]) + " " + $command + ": "
     + (.median / $all[0].median * 1000 | round / 1000 | tostring) + " times the first"' times.json
done
[ "$released" -lt 12000000 ]
