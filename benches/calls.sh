#!/usr/bin/env bash
# Counts the calls of the commands that read much, against a sandbox that takes 50 ms a call.
# Usage: benches/calls.sh [WMROLE]    (default: target/release/wmrole)
#        ORGANIZATIONS=2 ROLES=40 USERS=1000 LATENCY=50 benches/calls.sh
# Machines are noisy: read the counts, the longest chain, and times as multiples of one call.
set -euo pipefail
wmrole=$(realpath "${1:-$(dirname "$0")/../target/release/wmrole}")
organizations=${ORGANIZATIONS:-2} roles=${ROLES:-40} users=${USERS:-1000} latency=${LATENCY:-50}
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
cd "$home"
unset WMROLE_SANDBOX WMROLE_ORGANIZATION
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=secret XDG_STATE_HOME=$home
"$wmrole" --quiet sandbox init big.json --organizations "$organizations" --users "$users" --roles "$roles"
mkdir roles
for alias in $("$wmrole" --sandbox big.json organizations | awk 'NR > 1 { print $1 }'); do
  "$wmrole" --sandbox big.json --organization "$alias" export >"roles/$alias.yaml"
done
first=$("$wmrole" --sandbox big.json organizations | awk 'NR == 2 { print $1 }')

counted() { # counted what wmrole-arguments…
  local what=$1 server start end times
  shift
  mkfifo url
  "$wmrole" -v sandbox serve --state big.json --latency "$latency" >url 2>calls &
  server=$!
  read -r address <url
  rm url
  start=$(date +%s%N)
  "$wmrole" --endpoint-url "$address" "$@" >/dev/null 2>&1 || true
  end=$(date +%s%N)
  kill "$server"
  wait "$server" || true
  times=$(awk -v ns=$((end - start)) -v ms="$latency" 'BEGIN { printf "%.1f", ns / 1e6 / ms }')
  echo "$what: $(tail -n 1 calls); $times times one call"
}

echo "$organizations organizations, $roles roles and $users users each, $latency ms a call"
counted 'list' --organization "$first" list
counted 'export' --organization "$first" export
counted 'diff, no change' diff roles
sed -i 's/^  - name: \(.*\)$/&\n    description: changed/; /^    description: [^c]/d' roles/*.yaml
counted 'diff, every role changes' diff roles
counted 'apply, every role changes' apply roles --yes
counted 'apply again' apply roles --yes
counted 'access' --organization "$first" access
counted 'access --user' --organization "$first" access --user user0001
counted 'export --snapshot' --organization "$first" export --snapshot snapshot.json
