#!/usr/bin/env bash
# The story of a pull request with examples/ci/wmrole.sh, in plain shell: planned, changed behind its
# back by somebody with the AWS CLI, refused, and then applied exactly as shown.
# Usage: tests/pull_request.sh WMROLE AWS
set -euo pipefail
wmrole=$(realpath "$1") aws=$(realpath "$2") here=$(cd "$(dirname "$0")/.." && pwd)
home=$(mktemp -d)
cleanup() {
  [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
  rm -rf "$home"
}
trap cleanup EXIT
unset GITHUB_ACTIONS WMROLE_SANDBOX WMROLE_ORGANIZATION
export HOME=$home AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=secret AWS_REGION=us-east-1
export AWS_DEFAULT_REGION=us-east-1 AWS_PAGER='' AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1
mkdir "$home/bin" "$home/roles"
ln -s "$wmrole" "$home/bin/wmrole"
export PATH=$home/bin:$PATH
cd "$home"
ci=$here/examples/ci/wmrole.sh

passed=0
ok() { passed=$((passed + 1)); echo "ok: $1"; }
fail() { echo "FAILED: $1" >&2; cat "$home/out" >&2 || true; exit 1; }
ends() { # ends CODE command…
  local expected=$1 code=0
  shift
  "$@" >"$home/out" 2>&1 || code=$?
  [ "$code" = "$expected" ] || fail "$* ended with $code and not $expected"
}
says() { grep -qF -- "$1" "$home/out" || fail "it does not say: $1"; }
serve() {
  wmrole -v sandbox serve --state "$home/state.json" >"$home/url" 2>"$home/calls" &
  server=$!
  for _ in $(seq 100); do [ -s "$home/url" ] && break; sleep 0.1; done
  export AWS_ENDPOINT_URL_WORKMAIL
  AWS_ENDPOINT_URL_WORKMAIL=$(head -n 1 "$home/url")
}
stop() {
  kill "$server"
  wait "$server" || true
  rm "$home/url"
}
# Every call since the server began must be one that this policy allows
may() { # may what policy
  local what=$1 policy=$2 operation
  stop
  grep -Eo '[0-9]+ [A-Z][A-Za-z]+$' "$home/calls" | while read -r _ operation; do
    grep -q "\"workmail:$operation\"" "$policy" || { echo "$what calls $operation" >&2; exit 1; }
  done || fail "$what needs more than its policy"
  [ -s "$home/calls" ] || fail "$what made no call"
  ok "$what needs no more than its policy"
  serve
}
plan=$here/examples/ci/iam/plan.json apply=$here/examples/ci/iam/apply.json
workmail() { "$aws" workmail "$@" --organization-id m-ac3e0000000000000000000000000001 --output json; }

serve
cp "$here/examples/acme.yaml" roles/
id=30000001-0000-4000-8000-000000000001
workmail get-impersonation-role --impersonation-role-id $id >"$home/before.json"

# The pull request
ends 0 wmrole export --snapshot directory.json
ends 0 env -u AWS_REGION -u AWS_ACCESS_KEY_ID -u AWS_ENDPOINT_URL_WORKMAIL "$ci" check
says '12 passed, 0 failed'
ok "a pull request from a fork is checked without credentials"
ends 0 "$ci" plan
says '+ carol@example.com becomes reachable with READ_ONLY'
grep -qF '<summary>update <code>Ticket triage</code></summary>' plan.md || fail "the comment folds a role"
ok "the plan says who gains and loses"
may "the plan" "$plan"

# Its comment, with a stand-in for gh that keeps the comments in a file
cat >bin/gh <<'GH'
#!/usr/bin/env python3
import json, os, subprocess, sys
def option(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None
comments = json.load(open("comments.json"))
method, body = option("--method"), option("--field")
if os.environ.get("GH_FAILS"):
    sys.exit("gh: HTTP 502")
if method is None:
    # A page of two, each through the filter
    assert "--paginate" in sys.argv and sys.argv[3] == "repos/o/r/issues/7/comments?per_page=100", sys.argv
    for page in range(0, len(comments), 2):
        text = json.dumps(comments[page:page + 2])
        sys.stdout.write(subprocess.run(["jq", "-r", option("--jq")], input=text, text=True, check=True,
                                        stdout=subprocess.PIPE).stdout)
    sys.exit()
assert body.startswith("body=@") and "--silent" in sys.argv, sys.argv
body = open(body[len("body=@"):]).read()
assert len(body.encode()) <= 65536
path = sys.argv[sys.argv.index(method) + 1]
if method == "POST":
    assert path == "repos/o/r/issues/7/comments", path
    comments.append({"id": 100 + len(comments), "user": {"login": "github-actions[bot]"}, "body": body})
else:
    assert method == "PATCH" and path.startswith("repos/o/r/issues/comments/"), path
    [mine] = [one for one in comments if one["id"] == int(path.rsplit("/", 1)[1])]
    mine["body"] = body
json.dump(comments, open("comments.json", "w"))
GH
chmod +x bin/gh
comments() { python3 -c 'import json,sys; print(eval(sys.argv[1], {"c": json.load(open("comments.json"))}))' "$1"; }
export GITHUB_REPOSITORY=o/r PR=7
marker='<!-- wmrole plan -->'
jq -n --arg body "$marker" '[{id: 1, user: {login: "somebody"}, body: $body},
  {id: 2, user: {login: "github-actions[bot]"}, body: "of another job"}]' >comments.json
ends 0 "$ci" comment
ends 0 "$ci" comment
[ "$(comments 'len(c)')" = 3 ] || fail "one comment is made, and made once"
comments 'c[2]["body"]' >out
says "$marker"
says 'carol@example.com becomes reachable with READ_ONLY'
[ "$(comments 'c[0]["body"]')" = "$marker" ] || fail "the comment of somebody else is left alone"
ends 0 env COMMENT=globex "$ci" comment
[ "$(comments 'len(c)')" = 4 ] || fail "another job has a comment of its own"
ends 1 env GH_FAILS=1 "$ci" comment
[ "$(comments 'len(c)')" = 4 ] || fail "a list that could not be read is not an empty list"
cp plan.md kept.md
: >plan.md
ends 0 "$ci" comment
[ "$(comments 'c[2]["body"]')" = "$marker
There is no plan: see the log of the job." ] || fail "an old plan does not stay where there is none"
mv kept.md plan.md
ok "a pull request has one comment of a job, which is kept up to date"
ends 5 env MAX_GAINED=1 "$ci" plan
says 'would become newly reachable, and at most 1 may'
ok "a guard refuses the plan, which is shown all the same"
ends 0 "$ci" plan

# Somebody else changes a role
rules() { python3 -c 'import json,sys; print(json.dumps(json.load(open(sys.argv[1]))["Rules"]))' "$1"; }
put() { # put RULES
  workmail update-impersonation-role --impersonation-role-id $id --name 'Ticket triage' --type READ_ONLY \
    --description 'Reads mail while a ticket is open' --rules "$1" >/dev/null
}
grace=$(workmail describe-user --user-id grace --query UserId | tr -d '"')
theirs=$(rules before.json | python3 -c '
import json, sys
rules = json.load(sys.stdin)
next(r for r in rules if r["Effect"] == "ALLOW")["TargetUsers"].append(sys.argv[1])
print(json.dumps(rules))' "$grace")
put "$theirs"
workmail get-impersonation-role --impersonation-role-id $id >theirs.json
ends 5 "$ci" merge
says 'role Ticket triage was changed since the plan was saved'
says '+ grace@example.com'
says 'stale'
[ "$(workmail list-impersonation-roles --query 'length(Roles)')" = 3 ] || fail "nothing is made by a stale plan"
workmail get-impersonation-role --impersonation-role-id $id | cmp -s - theirs.json || fail "their change is kept"
ok "a stale plan is refused, says what moved, and changes nothing"

# Without their change it applies exactly what was shown
put "$(rules before.json)"
ends 0 "$ci" merge
grep -qF '<code>Ticket triage</code>: done' report.md || fail "the report says what was done"
python3 - <<'PY' || fail "what is live is not what the plan showed"
import json, subprocess

def live(name):
    return json.loads(subprocess.check_output(["wmrole", "show", name, "-o", "json"]))["role"]

def form(role):
    people = lambda rule, key: sorted(user["id"] for user in rule.get(key) or [])
    rules = [(r["id"], r["name"], r["effect"], people(r, "users"), people(r, "except_users"), r.get("everyone"))
             for r in role["rules"]]
    return role["name"], role["type"], role["description"], sorted(rules, key=str)

changes = json.load(open("plan.json"))["organizations"][0]["plan"]["changes"]
assert len(changes) == 3, changes
for change in changes:
    assert form(live(change["after"]["name"])) == form(change["after"]), change
PY
effect=$(workmail get-impersonation-role-effect --impersonation-role-id $id --target-user carol --query Effect)
[ "$effect" = '"ALLOW"' ] || fail "carol is reachable now"
ok "without their change it applies exactly what was shown"
ends 5 "$ci" merge
says 'stale'
ok "a plan is applied once"

# At night
ends 0 "$ci" drift
says '12 passed, 0 failed'
ok "there is no drift"
put "$theirs"
ends 3 "$ci" drift
says 'grace@example.com is no longer reachable'
ok "drift is found, and says who"
stop
grep -q CreateImpersonationRole "$home/calls" || fail "the calls are known"
grep -Eo '[0-9]+ [A-Z][A-Za-z]+$' "$home/calls" | while read -r _ operation; do
  grep -q "\"workmail:$operation\"" "$apply" || { echo "$operation" >&2; exit 1; }
done || fail "the merge needs more than its policy"
ok "the merge needs no more than its policy"

echo "$passed passed, 0 failed"
