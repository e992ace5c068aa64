"""`wmrole history` against `aws cloudtrail lookup-events` on the sandbox, and against the files of a trail.

Usage: tests/cloudtrail.py WMROLE AWS
"""

import collections
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ORGANIZATION = "m-ac3e0000000000000000000000000001"
MIGRATION, LEGACY = "30000001-0000-4000-8000-000000000002", "30000001-0000-4000-8000-000000000003"
CEO, BOB = "10000001-0000-4000-8000-000000000004", "10000001-0000-4000-8000-000000000002"
# Of interest, and others that are not. Both together are more pages than `history` reads of everything
EVENTS, READS, DENIED = 500, 400, 5
# So many uses of a role are more than `report` reads
MORE = 1700
LIMIT = 300
checks = 0


def check(holds, what, *details):
    global checks
    if not holds:
        sys.exit(f"FAILED: {what}: {details}")
    checks += 1
    print(f"ok: {what}", flush=True)


def call(url, user, operation, **members):
    """A call of WorkMail as a user, who is called as the access key; the sandbox checks no signature."""
    request = urllib.request.Request(url, json.dumps({"OrganizationId": ORGANIZATION, **members}).encode())
    request.add_header("Content-Type", "application/x-amz-json-1.1")
    request.add_header("X-Amz-Target", f"WorkMailService.{operation}")
    request.add_header("Authorization", f"AWS4-HMAC-SHA256 Credential={user}/20261129/us-east-1/workmail/aws4_request")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.loads(response.read() or "{}")
    except urllib.error.HTTPError as error:
        return json.loads(error.read())


def make_events(url):
    """Gives the ids of the roles that are made, and are gone at the end."""
    made = []
    for number in range(20):
        role = {"Name": f"Wave {number}", "Type": "READ_ONLY", "Rules": []}
        made.append(call(url, "alice", "CreateImpersonationRole", **role)["ImpersonationRoleId"])
    for role in made:
        call(url, "alice", "DeleteImpersonationRole", ImpersonationRoleId=role)
    # Nobody denies alice
    for role in made[:DENIED]:
        call(url, "carol", "DeleteImpersonationRole", ImpersonationRoleId=role)
    permissions = {"EntityId": CEO, "GranteeId": BOB, "PermissionValues": ["FULL_ACCESS"]}
    call(url, "bob", "PutMailboxPermissions", **permissions)
    rule = {"Name": "office", "Effect": "ALLOW", "Description": "office", "ImpersonationRoleIds": [MIGRATION]}
    call(url, "bob", "PutAccessControlRule", **rule)
    for number in range(EVENTS - 2 * len(made) - DENIED - 2):
        user, role = [("alice", MIGRATION), ("bob", LEGACY)][number % 2]
        call(url, user, "AssumeImpersonationRole", ImpersonationRoleId=role)
    return made


def key_of(record):
    """What both sides say of an event."""
    request, response = record["requestParameters"] or {}, record["responseElements"] or {}
    role = request.get("impersonationRoleId") or response.get("impersonationRoleId")
    principal, error = record["userIdentity"]["arn"], record.get("errorCode")
    return record["eventTime"], record["eventName"], principal, role, error


def key_of_event(event):
    return event["time"], event["event"], event["principal"], (event["role"] or {}).get("id"), event.get("error")


def same(ours, theirs, what):
    ours = [key_of_event(event) for event in ours]
    times = [key[0] for key in ours]
    check(times == sorted(times, reverse=True), f"{what}: the newest come first")
    missing = collections.Counter(theirs) - collections.Counter(ours)
    more = collections.Counter(ours) - collections.Counter(theirs)
    check(not missing and not more, f"{what}: both have the same {len(theirs)} events", missing, more)


def main(wmrole, aws, home, url):
    environment = {
        "PATH": os.environ["PATH"], "HOME": home, "AWS_ACCESS_KEY_ID": "auditor", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": "",
        "AWS_EC2_METADATA_DISABLED": "true",
        # The CLI does not pace its pages: the sandbox throttles it, as the service does
        "AWS_MAX_ATTEMPTS": "20", "AWS_RETRY_MODE": "standard",
    }

    def run(*command, **changes):
        return subprocess.run(
            command, env={**environment, **changes}, capture_output=True, text=True, timeout=LIMIT, cwd=home
        )

    def history(*arguments):
        done = run(wmrole, "--endpoint-url", url, "history", "-o", "json", *arguments)
        check(done.returncode == 0, f"history {' '.join(arguments)}", done.stderr)
        return json.loads(done.stdout)

    def looked_up(*arguments):
        """The output of the CLI, and its records."""
        done = run(aws, "cloudtrail", "lookup-events", "--endpoint-url", url, "--output", "json", *arguments)
        check(done.returncode == 0, f"aws cloudtrail lookup-events {' '.join(arguments)}", done.stderr)
        events = json.loads(done.stdout)["Events"]
        return done.stdout, [json.loads(event["CloudTrailEvent"]) for event in events]

    by = lambda name, value: ("--lookup-attributes", f"AttributeKey={name},AttributeValue={value}")  # noqa: E731

    made = make_events(url)
    text, records = looked_up(*by("EventSource", "workmail.amazonaws.com"))
    check(len(records) == EVENTS, f"aws reads {EVENTS} events over pages", len(records))
    all_keys = [key_of(record) for record in records]

    everything = history()
    same(everything["events"], all_keys, "everything")
    check(everything["complete"] is True, "everything since then was read")
    check("secret" not in json.dumps(everything), "no secret is in it")
    denied = [event for event in everything["events"] if event.get("error")]
    check(len(denied) == DENIED and {event["error"] for event in denied} == {"AccessDenied"}, "what was denied is there")

    # Filters
    same(history("--user", "bob")["events"], [key for key in all_keys if key[2].endswith("/bob")], "--user bob")
    _, of_bob = looked_up(*by("Username", "bob"))
    check(len(of_bob) == sum(key[2].endswith("/bob") for key in all_keys), "Username is the same user")
    _, assumed = looked_up(*by("EventName", "AssumeImpersonationRole"))
    of_legacy = [key_of(record) for record in assumed if key_of(record)[3] == LEGACY]
    same(history("Legacy backup")["events"], of_legacy, "a live role by its name")
    found = history(MIGRATION)["events"]
    check(any(event["event"] == "PutAccessControlRule" for event in found), "a rule that names the role is its history")
    gone = history("Wave 7")["events"]
    same(gone, [key for key in all_keys if key[3] == made[7]], "a role that is gone by its name")
    check({event["role"]["name"] for event in gone} == {"Wave 7"}, "its deletion has the name too")
    day = max(key[0] for key in all_keys)
    same(history("--since", day)["events"], [key for key in all_keys if key[0] >= day], "--since")

    # A name that an older event tells, of a role that was deleted after it
    last = [key for key in all_keys if key[1] == "DeleteImpersonationRole" and key[4] is None][0]
    gone = history("Wave 19", "--since", last[0])["events"]
    check(any(event["event"] == "DeleteImpersonationRole" for event in gone), "a name is found in older events", gone)
    # Both readings together keep the limit, so that nothing is throttled
    time.sleep(2)
    done = run(wmrole, "--endpoint-url", url, "-v", "history", "Wave 19", "--since", last[0])
    check(done.returncode == 0 and "repeated=0" in done.stderr, "two readings keep two calls a second", done.stderr)

    # As many others: each operation has to be looked up by its name
    for number in range(READS):
        call(url, "dave", "DescribeUser", UserId=BOB)
    same(history()["events"], all_keys, "everything among much else")

    # Who used a role last is known after few pages; that nobody did, when all are read
    def lookups(*arguments):
        """The document, and how often CloudTrail was asked."""
        done = run(wmrole, "--endpoint-url", url, "-vv", *arguments)
        check(done.returncode == 0, " ".join(arguments), done.stderr)
        return json.loads(done.stdout), done.stderr.count(" call operation=\"LookupEvents\"")

    shown, calls = lookups("show", "Migration", "--cloudtrail", "-o", "json")
    used = [key for key in all_keys if key[1] == "AssumeImpersonationRole" and key[3] == MIGRATION][0]
    check(shown["cloudtrail"]["last_assumed"]["time"] == used[0], "show knows the last use", shown["cloudtrail"])
    check(shown["cloudtrail"]["last_assumed"]["principal"] == used[2], "and by whom it was")
    for number in range(MORE):
        call(url, "erin", "AssumeImpersonationRole", ImpersonationRoleId=LEGACY)
    _, again = lookups("show", "Legacy backup", "--cloudtrail", "-o", "json")
    check(0 < again <= 8 and 0 < calls <= 12, "and that takes few calls", calls, again)
    part, calls = lookups("report", "-", "-o", "json")
    unused = [finding["role"]["name"] for finding in part["findings"] if finding["code"] == "unused-role"]
    check(calls == 40 and unused == [], "report reads a part, and says of none that it is not used", calls, unused)
    check("unused-role" in json.dumps(part["not_checked"]), "but that this was not checked", part["not_checked"])
    whole, calls = lookups("report", "-", "-o", "json", "--cloudtrail")
    unused = [finding["role"]["name"] for finding in whole["findings"] if finding["code"] == "unused-role"]
    check(calls > 40 and unused == ["Ticket triage"], "report --cloudtrail reads it all", calls, unused)

    # Files, without a network
    environment["AWS_ACCESS_KEY_ID"] = ""
    url = "http://127.0.0.1:1"
    pathlib.Path(home, "looked-up.json").write_text(text, "utf-8")
    from_cli = history("--events", "looked-up.json")
    same(from_cli["events"], all_keys, "the output of the CLI as a file")
    check(from_cli["complete"] is False, "nobody knows what is not in a file")
    folder = pathlib.Path(home, "trail/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/29")
    folder.mkdir(parents=True)
    for number in range(3):
        # A trail's records have no order, and files overlap
        part = records[number * 170 : number * 170 + 180]
        with gzip.open(folder / f"{number}.json.gz", "wt", encoding="utf-8") as file:
            json.dump({"Records": part}, file)
    from_trail = history("--events", "trail", "--organization", ORGANIZATION)
    same(from_trail["events"], all_keys, "the files of a trail, with gzip")
    # Only the names of live roles, which no event tells, are not in a file
    without_names = lambda event: json.dumps({**event, "role": None}, sort_keys=True)  # noqa: E731
    words = [sorted(map(without_names, found["events"])) for found in (everything, from_cli, from_trail)]
    check(words[0] == words[1] == words[2], "all three say the same of each event")
    same(history("Wave 7", "--events", "trail")["events"], [key for key in all_keys if key[3] == made[7]], "a role of a trail")
    other = history("--events", "trail", "--organization", "m-" + "0" * 32)
    check(other["events"] == [], "another organization has none of them")
    print(f"history and lookup-events agree: {checks} checks")


if __name__ == "__main__":
    program, cli = map(os.path.abspath, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as directory:
        serve = [program, "sandbox", "serve", "--state", f"{directory}/state.json"]
        # The deletions by carol, who comes after alice
        serve += ["--fault", f"deny:DeleteImpersonationRole:{DENIED}:20"]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True, env={"HOME": directory}) as server:
            try:
                main(program, cli, directory, server.stdout.readline().strip())
            finally:
                server.terminate()
