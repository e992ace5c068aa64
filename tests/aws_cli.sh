#!/usr/bin/env bash
# The AWS CLI as a client of the sandbox, and wmrole of what it made: both ways round.
# Usage: tests/aws_cli.sh WMROLE AWS
set -euo pipefail
wmrole=$1 aws=$2
home=$(mktemp -d)
cleanup() {
  [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
  rm -rf "$home"
}
trap cleanup EXIT
export HOME=$home AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=secret AWS_REGION=us-east-1
export AWS_DEFAULT_REGION=us-east-1 AWS_PAGER='' AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1

# The client's own checks are off: it is the sandbox that must refuse
mkdir "$home/.aws"
printf '[default]\nparameter_validation = false\n' >"$home/.aws/config"

"$wmrole" sandbox serve --state "$home/state.json" >"$home/url" &
server=$!
for _ in $(seq 100); do [ -s "$home/url" ] && break; sleep 0.1; done
url=$(head -n 1 "$home/url")
export AWS_ENDPOINT_URL_WORKMAIL=$url

passed=0
ok() { passed=$((passed + 1)); echo "ok: $1"; }
fail() { echo "FAILED: $1" >&2; exit 1; }
workmail() { "$aws" workmail "$@" --organization-id "$org" --output text; }
refused() { # refused ERROR what aws-arguments…
  local error=$1 what=$2 out
  shift 2
  if out=$(workmail "$@" 2>&1); then fail "$what was taken"; fi
  grep -q "$error" <<<"$out" || fail "$what: expected $error, got $out"
  ok "$what is refused with $error"
}

org=$("$aws" workmail list-organizations --query 'OrganizationSummaries[0].OrganizationId' --output text)
alice=$(workmail describe-user --user-id alice@example.com --query UserId)
bob=$(workmail describe-user --user-id bob --query UserId)

# aws makes, wmrole reads
id=$(workmail create-impersonation-role --name 'From aws' --type READ_ONLY --query ImpersonationRoleId \
  --rules "[{\"ImpersonationRuleId\":\"a\",\"Effect\":\"ALLOW\",\"TargetUsers\":[\"$alice\"]}]")
"$wmrole" list -o json | grep -q '"From aws"' || fail "wmrole lists what aws made"
ok "wmrole lists what aws made"
"$wmrole" export 'From aws' >"$home/from-aws.yaml"
"$wmrole" diff --exit-code "$home/from-aws.yaml" >/dev/null || fail "wmrole finds its export equal"
ok "wmrole finds its export of it equal"
workmail update-impersonation-role --impersonation-role-id "$id" --name 'From aws' --type READ_ONLY \
  --rules "[{\"ImpersonationRuleId\":\"a\",\"Effect\":\"ALLOW\",\"TargetUsers\":[\"$bob\"]}]"
code=0; "$wmrole" diff --exit-code "$home/from-aws.yaml" >"$home/diff" || code=$?
[ "$code" = 3 ] || fail "diff of a drifted role ends with $code"
grep -q 'bob@example.com is no longer reachable' "$home/diff" || fail "the diff names who loses reach"
ok "wmrole sees what aws changed, and names who"
"$wmrole" test 'From aws' bob >/dev/null || fail "wmrole test"
effect=$(workmail get-impersonation-role-effect --impersonation-role-id "$id" --target-user bob --query Effect)
[ "$effect" = ALLOW ] || fail "aws effect is $effect"
ok "both are told the same effect"
token=$(workmail assume-impersonation-role --impersonation-role-id "$id" --query Token)
[ ${#token} -gt 20 ] || fail "aws assumes"
ok "aws assumes"

# wmrole makes, aws reads
"$wmrole" create 'From wmrole' --type full-access --allow alice --deny bob --yes >/dev/null 2>&1
mine=$("$wmrole" show 'From wmrole' -o json | python3 -c 'import json,sys; print(json.load(sys.stdin)["role"]["id"])')
type=$(workmail get-impersonation-role --impersonation-role-id "$mine" --query Type)
[ "$type" = FULL_ACCESS ] || fail "aws reads type $type"
ok "aws reads what wmrole made"
"$wmrole" edit 'From wmrole' --type read-only --yes >/dev/null 2>&1
[ "$(workmail get-impersonation-role --impersonation-role-id "$mine" --query Type)" = READ_ONLY ] || fail "edit"
ok "aws reads what wmrole changed"
workmail delete-impersonation-role --impersonation-role-id "$id"
code=0; "$wmrole" show "$id" >/dev/null 2>&1 || code=$?
[ "$code" = 1 ] || fail "show of a deleted role ends with $code"
ok "wmrole no longer finds what aws deleted"
"$wmrole" delete 'From wmrole' --yes >/dev/null 2>&1
refused ResourceNotFoundException "a role that wmrole deleted" \
  get-impersonation-role --impersonation-role-id "$mine"

# What the service refuses
rules=$(python3 -c 'import json; print(json.dumps([{"ImpersonationRuleId": f"r{i}", "Effect": "ALLOW"} for i in range(11)]))')
new=(create-impersonation-role --type READ_ONLY)
refused InvalidParameterException "a role of 11 rules" "${new[@]}" --name eleven --rules "$rules"
refused InvalidParameterException "an empty target list" "${new[@]}" --name empty \
  --rules '[{"ImpersonationRuleId":"a","Effect":"ALLOW","TargetUsers":[]}]'
refused InvalidParameterException "a name with <" "${new[@]}" --name 'a<b' --rules '[]'
refused ResourceNotFoundException "an unknown role" \
  assume-impersonation-role --impersonation-role-id 00000000-0000-4000-8000-000000000000

# Doors beside roles
job=$(workmail start-mailbox-export-job --entity-id alice --role-arn arn:aws:iam::111122223333:role/export \
  --kms-key-arn arn:aws:kms:us-east-1:111122223333:key/k --s3-bucket-name mail-export --s3-prefix exports --query JobId)
state() { workmail list-mailbox-export-jobs --query "Jobs[?JobId=='$job'].State"; }
[ "$(state)" = RUNNING ] || fail "the job runs: $(state)"
workmail cancel-mailbox-export-job --job-id "$job"
[ "$(state)" = CANCELLED ] || fail "the job is cancelled: $(state)"
ok "aws starts, lists and cancels an export job"
refused EntityNotFoundException "an unknown export job" cancel-mailbox-export-job --job-id nothing
refused InvalidParameterException "a bucket with _" start-mailbox-export-job --entity-id alice --s3-bucket-name a_b \
  --role-arn arn:aws:iam::111122223333:role/export --kms-key-arn arn:aws:kms:us-east-1:111122223333:key/k --s3-prefix e
refused ResourceNotFoundException "an identity provider that is not there" describe-identity-provider-configuration

kill "$server"
wait "$server" || true
"$wmrole" sandbox init "$home/doors.json" --doors 2>/dev/null
"$wmrole" sandbox serve --state "$home/doors.json" >"$home/url" &
server=$!
for _ in $(seq 100); do [ -s "$home/url" ] && break; sleep 0.1; done
AWS_ENDPOINT_URL_WORKMAIL=$(head -n 1 "$home/url")
[ "$(workmail describe-identity-provider-configuration --query PersonalAccessTokenConfiguration.Status)" = ACTIVE ] ||
  fail "tokens are on"
admin=$(workmail describe-organization --query MigrationAdmin)
[ "$admin" = "$(workmail describe-user --user-id migration --query UserId)" ] || fail "the migration admin is $admin"
tokens() { workmail list-personal-access-tokens --query 'PersonalAccessTokenSummaries[].Name'; }
[ "$(tokens)" = $'IMAP copy\tPhone' ] || fail "the tokens are $(tokens)"
token=$(workmail list-personal-access-tokens --user-id alice --query 'PersonalAccessTokenSummaries[0].PersonalAccessTokenId')
[ "$(workmail get-personal-access-token-metadata --personal-access-token-id "$token" --query Name)" = Phone ] ||
  fail "aws reads a token"
workmail delete-personal-access-token --personal-access-token-id "$token"
[ "$(tokens)" = 'IMAP copy' ] || fail "the tokens are $(tokens)"
ok "aws lists, reads and deletes personal access tokens"
refused ResourceNotFoundException "a deleted token" get-personal-access-token-metadata --personal-access-token-id "$token"
refused InvalidParameterException "a token id with a blank" delete-personal-access-token --personal-access-token-id 'a b'

arn=$(AWS_ENDPOINT_URL_STS=$AWS_ENDPOINT_URL_WORKMAIL "$aws" sts get-caller-identity --query Arn --output text)
[ "$arn" = arn:aws:iam::111122223333:user/AKIDEXAMPLE ] || fail "aws is $arn"
AWS_ENDPOINT_URL_STS=$AWS_ENDPOINT_URL_WORKMAIL "$wmrole" audit --leaving -o json >"$home/audit.json"
grep -q "\"principal\": \"$arn\"" "$home/audit.json" || fail "wmrole says as whom it read"
"$wmrole" audit --leaving -o json >"$home/audit.json"
grep -q '"principal": null' "$home/audit.json" || fail "wmrole asks AWS who it is on a service that is not AWS"
ok "aws and wmrole are told who they are where the environment says where STS is"

echo "$passed passed, 0 failed"
