"""The story of leaving WorkMail, on a sandbox with every door open: grant, migrate, watch, let it expire, close, prove.

Usage: tests/leaving.py WMROLE AWS

What closes a door is the command that `audit --leaving` prints, run by a shell as it stands there. A question of wmrole
is answered on a terminal.
"""

import copy
import csv
import datetime
import hashlib
import http.client
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

# Nothing is left in the checkout
sys.dont_write_bytecode = True
import ews_client
import pexpect
import proxy
from ews_client import Sandbox, check, end, made_hash
from exchangelib import IMPERSONATION

LIMIT = 600
# Of one command
PATIENCE = 120
TOKEN_LIFETIME = 5
MESSAGES, SIZE = 120, 20_000
# In the first wave; and as many more as one role has no room for
WAVE = ["alice", "bob", "carol"]
MANY = 101
# From the grant to its end, in seconds: the wave is migrated and watched by then
GRANTED_FOR = 45
PROOF = ["audit", "--leaving", "--all-organizations", "--fail-on", "low", "-o", "json"]
# What is closed by a command
DOORS = {"role-left", "full-access-grantee", "personal-access-token", "export-job", "dangling-access-rule"}
QUESTION = re.compile(r"\[y/N\]|\((?P<name>[^()]+)\): |Type (?P<count>\d+) to delete")
POLICY = "version: 1\nprotected_users: [ceo@example.com]\nmax_lifetime: 30d\n"


class Story:
    """A sandbox that is served to wmrole, to the AWS CLI and to a shell that finds both."""

    def __init__(self, wmrole, aws, sandbox):
        self.sandbox = sandbox
        self.home = pathlib.Path(sandbox.directory.name)
        programs = self.home / "bin"
        programs.mkdir()
        for name, program in (("wmrole", wmrole), ("aws", aws)):
            (programs / name).symlink_to(pathlib.Path(program).resolve())
        (self.home / "policy.yaml").write_text(POLICY)
        self.environment = {
            **proxy.environment(str(self.home)),
            "PATH": f"{programs}:{os.environ['PATH']}",
            "AWS_PAGER": "",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": sandbox.url,
            "AWS_ENDPOINT_URL_STS": sandbox.url,
            "TERM": "dumb",
        }
        # Where WORKMAIL_EWS_URL is one of this machine
        self.environment["NO_PROXY"] = self.environment["no_proxy"] = "127.0.0.1"
        self.acme, self.globex = (one["id"] for one in self.state()["organizations"])

    def state(self):
        return json.loads(self.sandbox.state.read_text("utf-8"))

    def put(self, state):
        """As the sandbox itself replaces it."""
        new = self.home / "new.json"
        new.write_text(json.dumps(state), "utf-8")
        new.replace(self.sandbox.state)

    def run(self, code, *arguments):
        """wmrole with these arguments, which must end with this code, or one of these; gives stdout."""
        command = ["wmrole", *arguments]
        told = subprocess.run(
            command, env=self.environment, cwd=self.home, capture_output=True, text=True, timeout=PATIENCE
        )
        if told.returncode not in (code if isinstance(code, tuple) else (code,)):
            sys.exit(f"FAILED: {command} ends with {told.returncode}, not {code}: {told.stdout}{told.stderr}")
        self.said = told.stderr
        return told.stdout

    def at_acme(self, code, *arguments):
        return self.run(code, "--organization", self.acme, *arguments)

    def audited(self, code):
        """The organizations of the document, which is the proof where the code is 0."""
        self.document = json.loads(self.run(code, *PROOF))
        return self.document["organizations"]

    def found(self, code=3):
        """What is open, by organization: (code, subject) of each finding."""
        return {
            (one["organization"]["id"], finding["code"], subject(finding)): finding
            for one in self.audited(code)
            for finding in one["findings"]
            if not is_over(finding)
        }

    def person(self, command):
        """Runs a line of a shell on a terminal, and answers what is asked."""
        said = io.StringIO()
        child = pexpect.spawn(
            "/bin/sh", ["-c", command], env=self.environment, cwd=self.home, encoding="utf-8", timeout=PATIENCE,
            dimensions=(50, 400),
        )
        child.logfile_read = said
        while child.expect([QUESTION, pexpect.EOF]) == 0:
            child.sendline(child.match["name"] or child.match["count"] or "y")
        child.close()
        if child.exitstatus != 0:
            sys.exit(f"FAILED: {command} ends with {child.exitstatus}: {said.getvalue()}")


def subject(finding):
    """Which of the things that a code is about."""
    for key in ("role", "account", "mailbox"):
        if one := finding.get(key):
            return json.dumps(one, sort_keys=True) + finding["summary"]
    return finding["summary"]


def is_over(finding):
    """An export that has ended: its copy is to be looked for, and no command takes it back."""
    return finding["code"] == "export-job" and "is being exported" not in finding["summary"]


def commands(finding):
    return re.findall("`([^`]+)`", finding["remedy"])


def grant(story):
    """A wave from a CSV, with an end and under a policy; and one that does not fit into a role."""
    (story.home / "wave-07.csv").write_text("name,email\n" + "".join(f"x,{user}@example.com\n" for user in WAVE))
    (story.home / "with-ceo.csv").write_text("email\nalice@example.com\nceo@example.com\n")
    create = ["--policy", "policy.yaml", "create", "--type", "full-access", "--yes"]
    story.at_acme(5, *create, "Wave 7", "--allow", "@wave-07.csv")
    check("a wave without an end is refused by the policy", "max_lifetime" in story.said, story.said)
    story.at_acme(5, *create, "Wave 7", "--allow", "@with-ceo.csv", "--expires", "2w")
    check("a wave with a protected user is refused", "ceo@example.com" in story.said, story.said)
    workmail = story.sandbox.workmail
    for number in range(MANY):
        name = f"leaver{number:03}"
        user = workmail.create_user(OrganizationId=story.acme, Name=name, DisplayName=name, Password="Secret-1234")
        workmail.register_to_work_mail(
            OrganizationId=story.acme, EntityId=user["UserId"], Email=f"{name}@example.com"
        )
    (story.home / "wave-08.csv").write_text("".join(f"leaver{number:03}\n" for number in range(MANY)))
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=GRANTED_FOR)
    until = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    wave = ["--allow", "@wave-08.csv", "--expires", until]
    story.at_acme(2, *create, "Wave 8", *wave)
    check("a wave that does not fit is told with what it takes", "--split" in story.said, story.said)
    story.at_acme(0, *create, "Wave 8", *wave, "--split")
    story.at_acme(0, *create, "Wave 7", "--allow", "@wave-07.csv", "--expires", until)
    roles = {role["name"]: role for role in json.loads(story.at_acme(0, "list", "-o", "json"))["roles"]}
    granted = {name: roles[name]["expires"] for name in ("Wave 7", "Wave 8 (1)", "Wave 8 (2)")}
    check("three roles are granted, each with its end", set(granted.values()) == {until}, granted)
    return ends, roles["Wave 7"]["id"]


def migrate(story, ends):
    """exchangelib, through `proxy`, as the program of a migration; it goes on until the grant ends."""
    arguments = ["wmrole", "--organization", story.acme, "proxy", "Wave 7", "--", sys.executable, __file__, "--migrate"]
    with open(story.home / "said", "w", encoding="utf-8") as said:
        running = subprocess.Popen(
            [*arguments, *WAVE, str(ends.timestamp())],
            env=story.environment, cwd=story.home, stdout=subprocess.PIPE, stderr=said, text=True,
        )
    try:
        copied = json.loads(running.stdout.readline() or "null")
        said = (story.home / "said").read_text("utf-8")
        check("a program copies three mailboxes through proxy", copied is not None, said)
        wanted = expected(story)
        check("with every message and attachment", copied == wanted, f"{copied} {wanted}")
        watch(story)
        left = (ends - datetime.datetime.now(datetime.UTC)).total_seconds()
        check("all of it before the grant ends", left > 0, f"{-left} s late")
        stdout, _ = running.communicate(timeout=PATIENCE)
    finally:
        ews_client.end_process(running)
    said = (story.home / "said").read_text("utf-8")
    # It is asked to end, perhaps before it has seen the refusal
    is_over = stdout in ("", "ended 500\n") and "role Wave 7 expired at" in said
    check("and gets nothing more when the grant has ended", is_over, (stdout, said))
    check("for which proxy ends it, with 5", running.returncode == 5, running.returncode)


def expected(story):
    """What is in the inboxes of the wave: the subject of each message, and the hash of what is attached."""
    acme = story.state()["organizations"][0]
    mailboxes = {user["id"]: user["name"] for user in acme["users"]}
    found = {user: {} for user in WAVE}
    for message in acme["messages"]:
        name = mailboxes.get(message["mailbox"])
        if name in found and message["subject"].startswith("Message "):
            found[name][message["subject"]] = made_hash(SIZE, int(message["subject"].removeprefix("Message ")))
    return found


def watch(story):
    """Who can be reached, and whether it works; while it runs."""
    rows = list(csv.DictReader(io.StringIO(story.at_acme(0, "test", "Wave 7", "@wave-07.csv", "--ews", "-o", "csv"))))
    opened = {row["user"]: row["effect"] for row in rows}
    check("test opens every mailbox of the wave", opened == {f"{user}@example.com": "ALLOW" for user in WAVE}, rows)
    reached = story.at_acme(0, "access", "--role", "Wave 7", "-o", "csv")
    check("access names them and nobody else", reached.count("@example.com") == len(WAVE), reached)
    reached = story.at_acme(0, "access", "--user", "leaver100", "-o", "json")
    check("and who is in the second role of a split wave", "Wave 8 (2)" in reached, reached)
    codes = {code for _, code, _ in story.found()}
    is_early = "expires-soon" in codes and "expired-access" not in codes
    check("audit says that it ends soon, and not that it has", is_early, codes)


def expire(story, ends, role):
    """Nothing ends by itself."""
    time.sleep(max(0, (ends - datetime.datetime.now(datetime.UTC)).total_seconds()))
    command = ["proxy", "Wave 7", "--as", "alice", "--", "true"]
    story.at_acme(5, *command)
    check("no token is given for a role that has expired", "expired" in story.said, story.said)
    story.at_acme(0, "test", "Wave 7", "@wave-07.csv", "--ews", "--expect", "allow")
    late = [finding for (_, code, _), finding in story.found().items() if code == "expired-access"]
    check("but the mailboxes are open, and audit finds it", len(late) == 3, late)
    story.at_acme(3, "expire", "--dry-run", "--exit-code")
    (line,) = commands(late[0])
    story.person(line)
    check(f"{line} shuts one", sum(code == "expired-access" for _, code, _ in story.found()) == 2)
    story.at_acme(3, "expire", "--exit-code")
    story.at_acme(0, "test", role, "@wave-07.csv", "--ews", "--expect", "deny")
    ews_client.ok("expire shuts all, and the role keeps its id")
    story.at_acme(0, "expire", "--exit-code")
    check("and has nothing to do a second time", "nothing has expired" in story.said, story.said)
    check("no finding says that it is open", not any(code == "expired-access" for _, code, _ in story.found()))


def remedies(story):
    """Each command, run as it is printed on the state that it was printed for, takes its finding away."""
    before = story.state()
    printed = [(key, finding, line) for key, finding in story.found().items() for line in commands(finding)]
    codes = {code for (_, code, _), _, _ in printed}
    wanted = {
        "role-left", "everyone-full-access", "transitive-access", "no-expiry", "unknown-target", "disabled-target",
        "dead-rule", "reaches-nobody", "full-access-grantee", "personal-access-token", "export-job",
        "dangling-access-rule",
    }
    check("every finding but the console's has a command", codes >= wanted, wanted - codes)
    for key, finding, line in printed:
        # Both organizations have the same
        if key[0] != story.globex:
            continue
        story.person(line)
        check(f"{key[1]}: {line}", key not in story.found())
        story.put(before)


def close(story):
    """All of it, in the order of the audit."""
    story.person(f"wmrole --organization {story.acme} delete --all")
    check("delete --all takes every role, once their number is typed", story.state()["organizations"][0]["roles"] == [])
    close_what_is_left(story)
    return story.state()


def close_what_is_left(story):
    """As the findings say. Those of a role go with it; an access control rule that names it is found then."""
    for _ in range(2):
        for (organization, code, _), finding in story.found((0, 3)).items():
            if code == "migration-admin":
                in_the_console(story, organization)
            elif code in DOORS:
                (line,) = commands(finding)
                story.person(line)


def in_the_console(story, organization):
    """Organization settings, Migration settings. No operation does it, so in a sandbox the key goes out of its file."""
    state = story.state()
    (one,) = (one for one in state["organizations"] if one["id"] == organization)
    del one["migration_admin"]
    story.put(state)


def proved(story):
    """Everything is shut, and the document says when, as whom, by what, and what it does not see."""
    organizations = story.audited(0)
    check("audit --leaving --fail-on low ends with 0", len(organizations) == 2)
    (region,) = story.document["regions"]
    wanted = {"region": "us-east-1", "skipped": [], "error": None}
    check("of every organization in the Region", region == wanted, region)
    version = story.run(0, "--version").split()[1]
    for one in organizations:
        alias = one["organization"]["alias"]
        check(f"{alias}: all is shut", one["all_shut"] is True and one["not_checked"] == [], one)
        read, again = (datetime.datetime.fromisoformat(one[key]) for key in ("read_at", "read_again_after"))
        age = abs((datetime.datetime.now(datetime.UTC) - read).total_seconds())
        check(f"{alias}: with the time", age < PATIENCE and again - read == datetime.timedelta(minutes=20), one)
        check(f"{alias}: the principal", one["principal"] == "arn:aws:iam::111122223333:user/AKIDEXAMPLE", one["principal"])
        check(f"{alias}: and the version", one["wmrole"] == version, one["wmrole"])
        unseen = json.dumps(one["cannot_see"])
        kinds = ("by IAM", "access keys", "passwords", "folders", "inbox rules", "copies", "other AWS accounts")
        check(f"{alias}: and what it does not see", all(kind in unseen for kind in kinds), unseen)
    text = story.run(0, *PROOF[:-1], "markdown")
    check("as Markdown too", text.count("111122223333:user/AKIDEXAMPLE") == 2 and "other AWS accounts" in text, text)
    policy = json.loads(story.at_acme(0, "iam-policy", "freeze"))
    denied = [one for one in policy["Statement"] if one["Effect"] == "Deny"]
    check("and freeze denies what would open one", "workmail:CreateImpersonationRole" in json.dumps(denied), policy)


def doors(opened):
    """Each door alone: what is put back into the closed state, and the finding that it must be."""

    def put_back(key, select=lambda one: True):
        def put(organization):
            value = opened[key]
            organization[key] = [one for one in value if select(one)] if isinstance(value, list) else value

        return put

    def role(name):
        return put_back("roles", lambda one: one["name"] == name)

    def role_and_its_rule(organization):
        role("Migration")(organization)
        put_back("access_control_rules", lambda one: one["name"] in ("Default", "migration-from-its-server"))(
            organization
        )

    def grantee(select):
        return put_back("mailbox_permissions", lambda one: select(one["grantee"]))

    tool = opened["migration_admin"]
    return {
        "a migration administrator": (put_back("migration_admin"), "migration-admin"),
        "a role for everyone": (role("Migration"), "everyone-full-access"),
        "a role for some": (role("Ticket triage"), "role-left"),
        "a role that reaches nobody": (role("Legacy backup"), "role-left"),
        "an access control rule of a role": (role_and_its_rule, "role-left"),
        "an access control rule of a role that is gone": (put_back("access_control_rules"), "dangling-access-rule"),
        "an account with many mailboxes": (grantee(lambda one: one == {"user": tool}), "full-access-grantee"),
        "an account with one mailbox": (
            grantee(lambda one: "user" in one and one != {"user": tool}), "full-access-grantee",
        ),
        "a group with a mailbox": (grantee(lambda one: "group" in one), "full-access-grantee"),
        "access tokens": (put_back("personal_access_tokens"), "personal-access-token"),
        "an export": (put_back("export_jobs"), "export-job"),
    }


def each_door(story, opened, shut):
    """Left open alone it is found; and closed by what the finding says, the proof holds again."""
    for what, (put_back, code) in doors(opened).items():
        state = copy.deepcopy(shut)
        put_back(state["organizations"][0])
        story.put(state)
        found = story.found()
        codes = {(organization, found_code) for organization, found_code, _ in found}
        check(f"{what} is found: {code}", (story.acme, code) in codes, codes)
        check("and nothing at the other organization", all(organization == story.acme for organization, _ in codes))
        levels = {finding["level"] for (_, found_code, _), finding in found.items() if found_code == code}
        if code == "full-access-grantee":
            check("with its level", levels == {"high" if "many" in what else "low"}, levels)
        close_what_is_left(story)
        story.found(0)
        check("closed as it says, all is shut", all(one["all_shut"] for one in story.document["organizations"]))


def program(*arguments):
    """What a migration runs behind `proxy`: copies mailboxes, says what it has, and reads on until it gets nothing."""
    *users, ends = arguments
    url, password = os.environ["WORKMAIL_EWS_URL"], os.environ["WORKMAIL_EWS_PASSWORD"]
    copied = {}
    for user in users:
        mailbox = proxy.account(url, password, user, IMPERSONATION)
        made = [item for item in mailbox.inbox.all() if item.subject.startswith("Message ")]
        copied[user] = {item.subject: hashlib.sha256(item.attachments[0].content).hexdigest() for item in made}
    print(json.dumps(copied), flush=True)
    address = urllib.parse.urlsplit(url)
    body = proxy.envelope(proxy.get_folder(), proxy.impersonating(users[0]))
    headers = {"Content-Type": "text/xml", "Authorization": f"Bearer {password}"}
    # Whoever has a token has it for so long, and has no new one
    while time.time() < float(ends) + TOKEN_LIFETIME + 10:
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        connection.request("POST", address.path, body, headers)
        status = connection.getresponse().status
        connection.close()
        if status != 200:
            print("ended", status, flush=True)
            return
        time.sleep(0.5)
    print("not ended")


def main(wmrole, aws):
    signal.signal(signal.SIGALRM, end)
    signal.signal(signal.SIGTERM, end)
    signal.alarm(LIMIT)
    seed = ("--doors", "--organizations", "2", "--messages", str(MESSAGES), "--attachment-size", str(SIZE))
    with Sandbox(wmrole, "--token-lifetime", str(TOKEN_LIFETIME), seed=seed) as sandbox:
        story = Story(wmrole, aws, sandbox)
        opened = copy.deepcopy(story.state()["organizations"][0])
        ends, role = grant(story)
        migrate(story, ends)
        expire(story, ends, role)
        remedies(story)
        shut = close(story)
        proved(story)
        each_door(story, opened, shut)
    print(f"{ews_client.passed} passed, 0 failed")


if __name__ == "__main__":
    if sys.argv[1] == "--migrate":
        program(*sys.argv[2:])
    else:
        main(sys.argv[1], sys.argv[2])
