#!/usr/bin/env bash
# Measures `audit` of 10,000 mailboxes against a sandbox that takes 20 ms a call, then with one call in twenty throttled.
# Usage: benches/audit.sh [WMROLE]    (default: target/release/wmrole)
#        USERS=10000 ROLES=20 LATENCY=20 CONCURRENCY=8 benches/audit.sh
# The time is a multiple of calls × latency / concurrency; at most 1.15 and 64 MiB are wanted, and throttled that it ends
# and is complete.
set -euo pipefail
wmrole=$(realpath "${1:-$(dirname "$0")/../target/release/wmrole}")
users=${USERS:-10000} roles=${ROLES:-20} latency=${LATENCY:-20} concurrency=${CONCURRENCY:-8}
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
cd "$home"
unset WMROLE_SANDBOX WMROLE_ORGANIZATION AWS_MAX_ATTEMPTS
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=secret XDG_STATE_HOME=$home
"$wmrole" --quiet sandbox init large.json --users "$users" --roles "$roles"

# Runs a command, and writes its seconds, its peak of memory in KiB and its exit code
cat >measure.py <<'PYTHON'
import resource, subprocess, sys, time
with open("result.json", "wb") as result:
    start = time.monotonic()
    code = subprocess.run(sys.argv[1:], stdout=result).returncode
    seconds = time.monotonic() - start
print(seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, code)
PYTHON

audited() { # audited what serve-arguments…
  local what=$1 server address seconds kib code calls
  shift
  mkfifo url
  "$wmrole" -v sandbox serve --state large.json --latency "$latency" "$@" >url 2>calls &
  server=$!
  read -r address <url
  rm url
  read -r seconds kib code < <(python3 measure.py "$wmrole" --endpoint-url "$address" \
    --concurrency "$concurrency" audit --output json)
  kill "$server"
  wait "$server" || true
  [ "$code" = 0 ] || { echo "$what: exit code $code" >&2 && return 1; }
  calls=$(tail -n 1 calls)
  python3 - "$what" "$calls" "$seconds" "$kib" "$latency" "$concurrency" <<'PYTHON'
import json, sys
what, calls, seconds, kib, latency, concurrency = sys.argv[1:]
with open("result.json", encoding="utf-8") as result:
    unread = len(json.load(result).get("not_checked", []))
ideal = int(calls.split()[0]) * float(latency) / 1000 / int(concurrency)
print(f"{what}: {calls}; {float(seconds):.1f} s, {float(seconds) / ideal:.2f} times calls × latency / concurrency;",
      f"at most {int(kib) / 1024:.0f} MiB; {unread} not checked")
PYTHON
}

echo "$users users, $latency ms a call, $concurrency at once"
audited 'audit'
audited 'audit, one call in twenty throttled' --fault 'throttle:*:1/20'
