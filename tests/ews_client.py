"""exchangelib and boto3 as clients of the sandbox: what a real Exchange answers, and the exceptions that it raises.

Usage: tests/ews_client.py WMROLE
"""

import contextlib
import email
import email.policy
import hashlib
import io
import logging
import os
import pathlib
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
import warnings

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ.update(AWS_EC2_METADATA_DISABLED="true", NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")

import boto3
import botocore.config
from exchangelib import IMPERSONATION, OAUTH2, UTC, Account, Configuration, FileAttachment, Identity, Mailbox
from exchangelib import Message, OAuth2AuthorizationCodeCredentials
from exchangelib.errors import (
    ErrorAccessDenied,
    ErrorImpersonateUserDenied,
    ErrorItemNotFound,
    ErrorNonExistentMailbox,
    ErrorServerBusy,
    MalformedResponseError,
    UnauthorizedError,
)
from exchangelib.protocol import BaseProtocol
from exchangelib.version import EXCHANGE_2010_SP2, Version

# Nothing waits without a limit: a request of exchangelib, and the whole story
BaseProtocol.TIMEOUT = 30
LIMIT = 300
# Of attachments that are made: src/sandbox/made.rs
BLOCK = 48 << 10
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

passed = 0


def ok(what):
    global passed
    passed += 1
    print(f"ok: {what}", flush=True)


def check(what, condition, got=""):
    if not condition:
        sys.exit(f"FAILED: {what} {got}")
    ok(what)


def refused(what, exception, action, text=""):
    """The action raises exactly this exception."""
    try:
        got = action()
    except Exception as error:
        check(f"{what}: {exception.__name__}", type(error) is exception and text in str(error), f"{error!r}")
    else:
        sys.exit(f"FAILED: {what} was taken, with {got!r}")


def end_process(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def peak_of(process):
    """The most memory that it had, in KiB, without the pages of the program's file, many in a build for debugging."""
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as status:
        lines = dict(line.split(":", 1) for line in status)
    return int(lines["VmHWM"].split()[0]) - int(lines["RssFile"].split()[0])


def hash_in_pieces(attachment):
    """The size and the SHA-256 of what is read as a stream."""
    hashed, size = hashlib.sha256(), 0
    with attachment.fp as stream:
        while piece := stream.read(1 << 20):
            hashed.update(piece)
            size += len(piece)
    return size, hashed.hexdigest()


class Sandbox:
    """`wmrole sandbox serve` with these switches, and boto3 as its client; made with the switches in `seed`."""

    def __init__(self, wmrole, *switches, seed=()):
        self.directory = tempfile.TemporaryDirectory()
        self.state = pathlib.Path(self.directory.name, "state.json")
        subprocess.run([wmrole, "--quiet", "sandbox", "init", self.state, *seed], check=True, timeout=60)
        arguments = [wmrole, "sandbox", "serve", "--state", self.state, *switches]
        with open(pathlib.Path(self.directory.name, "stderr"), "w", encoding="utf-8") as stderr:
            self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=stderr, text=True)
        try:
            self.connect()
        except BaseException:
            self.__exit__()
            raise

    def connect(self):
        if not select.select([self.process.stdout], [], [], 60)[0]:
            sys.exit("FAILED: the sandbox does not start")
        self.url = self.process.stdout.readline().strip()
        limits = botocore.config.Config(connect_timeout=10, read_timeout=30, retries={"total_max_attempts": 1})
        keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}
        self.workmail = boto3.client(
            "workmail", endpoint_url=self.url, region_name="us-east-1", config=limits, **keys
        )
        self.organization = self.workmail.list_organizations()["OrganizationSummaries"][0]["OrganizationId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end_process(self.process)
        self.directory.cleanup()

    def calls(self):
        """Ends it, where it was started with -v; gives how often each operation was called."""
        end_process(self.process)
        said = pathlib.Path(self.directory.name, "stderr").read_text("utf-8").splitlines()
        counts = (line.strip().split(" ", 1) for line in said if line.startswith(" "))
        return {operation: int(times) for times, operation in counts}

    def call(self, operation, **members):
        return getattr(self.workmail, operation)(OrganizationId=self.organization, **members)

    def role(self, name):
        roles = self.call("list_impersonation_roles")["Roles"]
        return next(role["ImpersonationRoleId"] for role in roles if role["Name"] == name)

    def assume(self, name):
        return self.call("assume_impersonation_role", ImpersonationRoleId=self.role(name))

    def change_role(self, name, **members):
        role = self.call("get_impersonation_role", ImpersonationRoleId=self.role(name))
        kept = {key: role[key] for key in ("ImpersonationRoleId", "Name", "Type", "Rules")}
        self.call("update_impersonation_role", **{**kept, **members})

    def account(self, token, user, version=Version(EXCHANGE_2010_SP2), element="primary_smtp_address"):
        address = f"{user}@example.com"
        credentials = OAuth2AuthorizationCodeCredentials(
            access_token={"access_token": token, "token_type": "Bearer"},
            identity=Identity(**{element: address}),
        )
        config = Configuration(
            service_endpoint=f"{self.url}/EWS/Exchange.asmx", credentials=credentials, auth_type=OAUTH2, version=version
        )
        return Account(
            address, config=config, autodiscover=False, access_type=IMPERSONATION, default_timezone=UTC
        )


def reads(sandbox):
    token = sandbox.assume("Ticket triage")["Token"]
    alice = sandbox.account(token, "alice")
    check("an allowed user's inbox opens", alice.inbox.total_count == 3, alice.inbox.total_count)
    check("unread messages are counted", alice.inbox.unread_count == 1)
    items = list(alice.inbox.all()[:2])
    check("the newest messages come first", [item.subject for item in items] == ["Lunch on Thursday?", "Figures <draft> & plan"])
    check("a body is read", "Alice Moreau" in items[0].body and items[0].author.name == "Mallory Vance", items[0])
    (figures,) = items[1].attachments
    mail = email.message_from_bytes(items[1].mime_content, policy=email.policy.default)
    check("a message is read as mail", mail["Subject"] == "Figures <draft> & plan" and mail["To"] == "alice@example.com")
    check("with its text", mail.get_body().get_content() == items[1].body.replace("\r", ""), mail.as_string())
    check("an attachment is read", figures.name == "figures.csv" and figures.content.startswith(b"month,"))
    only = list(alice.inbox.all().only("subject").order_by("datetime_received"))
    check("properties and an order can be asked for", [item.subject for item in only][0] == "Welcome to WorkMail")
    check("messages are counted", alice.inbox.all().count() == 3)
    check("folders are walked", {"Inbox", "Sent Items", "Calendar"} <= {folder.name for folder in alice.root.walk()})
    hierarchy = [(change, folder.name) for change, folder in alice.root.sync_hierarchy()]
    check("folders are synchronized", ("create", "Inbox") in hierarchy, hierarchy)
    changes = [(change, item.subject) for change, item in alice.inbox.sync_items(max_changes_returned=2)]
    check("messages are synchronized", len(changes) == 3 and changes[0] == ("create", "Lunch on Thursday?"), changes)
    check("once", list(alice.inbox.sync_items()) == [])
    (found,) = alice.protocol.resolve_names(["ali"])
    check("names are resolved", found.email_address == "alice@example.com")
    check("several names too", len(alice.protocol.resolve_names(["b"])) == 2)
    bob = sandbox.account(token, "bob", element="smtp_address")
    check("either element names the user", bob.inbox.total_count == 3)
    bob = sandbox.account(token, "bob", version=None)
    check("a version is negotiated", bob.inbox.total_count == 3 and bob.version.build.major_version == 14)

    refused("a denied user", ErrorImpersonateUserDenied, lambda: sandbox.account(token, "ceo").inbox)
    refused("a user whom no rule names", ErrorImpersonateUserDenied, lambda: sandbox.account(token, "carol").inbox)
    full = sandbox.assume("Migration")["Token"]
    refused("a mailbox that is not there", ErrorNonExistentMailbox, lambda: sandbox.account(full, "nobody").inbox)
    refused("a disabled user", ErrorNonExistentMailbox, lambda: sandbox.account(full, "mallory").inbox)
    refused("a forged token", UnauthorizedError, lambda: sandbox.account("x" * 64, "alice").inbox)
    return alice


def message(account, **fields):
    fields = {"folder": account.inbox, "subject": "New", "body": "Hello & <bye>", **fields}
    return Message(account=account, **fields)


def writes(account, item):
    """Every kind of write, each with what it does."""
    to = [Mailbox(email_address="bob@example.com")]
    file = FileAttachment(name="a.txt", content=b"a")

    def update():
        item.subject = "Updated"
        return item.save(update_fields=["subject"])

    return {
        "save": lambda: message(account).save(),
        "send": lambda: message(account, to_recipients=to).send(),
        "send without a copy": lambda: message(account, folder=None, to_recipients=to).send(save_copy=False),
        "bulk_create": lambda: account.bulk_create(account.drafts, [message(account)]),
        "update": update,
        "attach": lambda: item.attach(file),
        "detach": lambda: item.detach(item.attachments[0]),
        "move": lambda: item.move(account.drafts),
        "move_to_trash": lambda: item.move_to_trash(),
    }


def changes(sandbox, alice):
    figures = alice.inbox.all().order_by("-datetime_received")[1]
    # Fetched once, so that what is refused is the write
    for folder in ("sent", "drafts", "trash"):
        getattr(alice, folder)
    for name, write in writes(alice, figures).items():
        refused(f"{name} with a READ_ONLY role", ErrorAccessDenied, write)
    refused("delete with a READ_ONLY role", ErrorAccessDenied, lambda: figures.delete())
    refused("bulk_delete with a READ_ONLY role", ErrorAccessDenied, lambda: alice.bulk_delete([figures]))
    check("nothing was changed", [f.total_count for f in (alice.inbox, alice.sent, alice.drafts)] == [3, 0, 0])

    full = sandbox.account(sandbox.assume("Migration")["Token"], "alice")
    figures = full.inbox.all().order_by("-datetime_received")[1]
    for name, write in writes(full, figures).items():
        write()
        ok(f"{name} with a FULL_ACCESS role")
    (moved,) = full.trash.all()
    check("what was changed is there", moved.subject == "Updated" and [a.name for a in moved.attachments] == ["a.txt"])
    (again,) = list(full.fetch([moved]))
    moved.delete()
    refused("a message that was deleted", ErrorItemNotFound, again.refresh)
    counts = [sandbox.account(sandbox.assume("Migration")["Token"], "alice").inbox.total_count, full.trash.all().count()]
    check("messages are where they were put", counts == [3, 0], counts)
    bob = sandbox.account(sandbox.assume("Migration")["Token"], "bob")
    check("what was sent arrives", bob.inbox.total_count == 5, bob.inbox.total_count)


def large(sandbox):
    full = sandbox.account(sandbox.assume("Migration")["Token"], "bob")
    content = os.urandom(5 << 20)
    new = message(full, attachments=[FileAttachment(name="large.bin", content=content)]).save()
    ok("a message with an attachment of 5 MiB is saved")
    reader = sandbox.account(sandbox.assume("Ticket triage")["Token"], "bob")
    item = next(item for item in reader.inbox.all() if item.id == new.id)
    (attachment,) = item.attachments
    (part,) = email.message_from_bytes(item.mime_content, policy=email.policy.default).iter_attachments()
    check("and is in the mail", part.get_content() == content)
    check("it comes back as it was", attachment.content == content)
    with attachment.fp as stream:
        streamed = io.BytesIO()
        while piece := stream.read(1 << 16):
            streamed.write(piece)
    check("and in pieces", streamed.getvalue() == content)


def block(seed, number, pattern=[]):
    """A block of a made attachment, as src/sandbox/made.rs describes it."""
    if not pattern:
        state, mask, words = 0, (1 << 64) - 1, []
        for _ in range((BLOCK - 24) // 8):
            state = state + 0x9E3779B97F4A7C15 & mask
            mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & mask
            mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & mask
            words.append(mixed ^ mixed >> 31)
        pattern.append(struct.pack(f"<{len(words)}Q", *words))
    return f"{seed:016x}{number:08x}".encode() + pattern[0]


def made_hash(size, seed):
    """The SHA-256 of a made attachment."""
    hashed = hashlib.sha256()
    for number in range(-(-size // BLOCK)):
        hashed.update(block(seed, number)[: size - number * BLOCK])
    return hashed.hexdigest()


def seed_of(item):
    """The number that the attachment of a made message is made of."""
    return int(item.subject.removeprefix("Message "))


def mailboxes(wmrole):
    with Sandbox(wmrole, seed=("--users", "3", "--messages", "30", "--attachment-size", "100000")) as sandbox:
        check("large attachments take no room in the state", sandbox.state.stat().st_size < 100_000)
        token = sandbox.assume("Role 01")["Token"]
        seen = set()
        for user in ("user0001", "user0002", "user0003"):
            for item in sandbox.account(token, user).inbox.all():
                (file,) = item.attachments
                wanted = made_hash(100_000, seed_of(item))
                mail = email.message_from_bytes(item.mime_content, policy=email.policy.default)
                (part,) = mail.iter_attachments()
                if (mail["Subject"], part.get_filename()) != (item.subject, file.name):
                    sys.exit(f"FAILED: {item.subject} is another mail: {mail.items()}")
                contents = [file.content, part.get_content()]
                right = [hashlib.sha256(content).hexdigest() for content in contents] == [wanted] * 2
                if not (right and item.has_attachments and file.size == 100_000):
                    sys.exit(f"FAILED: the attachment of {item.subject} is another")
                seen.add(seed_of(item))
        check("each message of three mailboxes has its own attachment, as mail too", seen == set(range(1, 31)), seen)
    with Sandbox(wmrole, seed=("--users", "1", "--messages", "1", "--attachment-size", str(100 << 20))) as sandbox:
        account = sandbox.account(sandbox.assume("Role 02")["Token"], "user0001")
        (item,) = account.inbox.all().only("attachments")
        size, hashed = hash_in_pieces(item.attachments[0])
        check("an attachment of 100 MiB is read in pieces", size == 100 << 20, size)
        check("and has what it should", hashed == made_hash(100 << 20, 1))
        peak = peak_of(sandbox.process)
        check("and the sandbox does not hold it", peak < 32 << 10, f"{peak} KiB")


def idle(sandbox):
    alice = sandbox.account(sandbox.assume("Ticket triage")["Token"], "alice")
    before = alice.inbox.all().count()
    # The sandbox closes a connection that was idle for ten seconds
    time.sleep(12)
    check("a connection that was idle does no harm", alice.inbox.all().count() == before)


def gates(sandbox):
    token = sandbox.assume("Ticket triage")["Token"]

    def opened():
        return sandbox.account(token, "alice").inbox.total_count

    rule = {"Name": "office", "Effect": "DENY", "Description": "Office only", "NotIpRanges": ["10.0.0.0/8"]}
    sandbox.call("put_access_control_rule", **rule, ImpersonationRoleIds=[sandbox.role("Ticket triage")])
    refused("an address that a rule denies", MalformedResponseError, opened, "403")
    migration = sandbox.account(sandbox.assume("Migration")["Token"], "alice")
    check("a rule of one role leaves others alone", migration.inbox.total_count > 0)
    sandbox.call("delete_access_control_rule", Name="office")
    check("without the rule it opens", opened() > 0)

    account = sandbox.account(token, "alice")
    refused("a write before the role changes", ErrorAccessDenied, message(account).save)
    sandbox.change_role("Ticket triage", Type="FULL_ACCESS")
    check("a token follows its role's type", message(account).save().id)
    sandbox.change_role("Ticket triage", Rules=[])
    refused("a token whose role lost its rules", ErrorImpersonateUserDenied, opened)
    sandbox.call("delete_impersonation_role", ImpersonationRoleId=sandbox.role("Ticket triage"))
    refused("a token whose role is gone", UnauthorizedError, opened)


def expiry(sandbox):
    answer = sandbox.assume("Ticket triage")
    check("a token's lifetime is what was asked for", answer["ExpiresIn"] == 8, answer["ExpiresIn"])
    account = sandbox.account(answer["Token"], "alice")
    check("a new token opens", account.inbox.total_count == 3)
    time.sleep(9)
    refused("an expired token", UnauthorizedError, lambda: account.inbox.all().count())
    fresh = sandbox.account(sandbox.assume("Ticket triage")["Token"], "alice")
    check("a token after it opens", fresh.inbox.total_count == 3)


def late(sandbox):
    token = sandbox.assume("Ticket triage")["Token"]

    def open_as(user):
        return sandbox.account(token, user).inbox.total_count

    check("before a change", open_as("alice") == 3)
    carol = sandbox.call("describe_user", UserId="carol")["UserId"]
    rules = [{"ImpersonationRuleId": "carol", "Effect": "ALLOW", "TargetUsers": [carol]}]
    sandbox.change_role("Ticket triage", Rules=rules)
    refused("a mailbox that follows late", ErrorImpersonateUserDenied, lambda: open_as("carol"))
    effect = sandbox.call(
        "get_impersonation_role_effect", ImpersonationRoleId=sandbox.role("Ticket triage"), TargetUser="carol"
    )
    check("the effect follows at once", effect["Effect"] == "ALLOW")
    check("who is no longer allowed still is", open_as("alice") == 3)
    for _ in range(60):
        with contextlib.suppress(ErrorImpersonateUserDenied):
            check("it opens in the end", open_as("carol") == 3)
            break
        time.sleep(1)
    else:
        sys.exit("FAILED: the mailbox never followed")
    refused("and closes for who lost it", ErrorImpersonateUserDenied, lambda: open_as("alice"))


def end(*_):
    sys.exit(f"FAILED: not done in {LIMIT} seconds, or ended from outside")


def main(wmrole):
    # As an exception, so that no sandbox is left behind
    signal.signal(signal.SIGALRM, end)
    signal.signal(signal.SIGTERM, end)
    signal.alarm(LIMIT)
    with Sandbox(wmrole) as sandbox:
        alice = reads(sandbox)
        changes(sandbox, alice)
        large(sandbox)
        idle(sandbox)
        gates(sandbox)
    mailboxes(wmrole)
    with Sandbox(wmrole, "--token-lifetime", "8") as sandbox:
        expiry(sandbox)
    with Sandbox(wmrole, "--propagation", "10") as sandbox:
        late(sandbox)
    faults = ("--caller", "10.1.2.3", "--fault", "throttle:GetFolder:1")
    with Sandbox(wmrole, *faults) as sandbox:
        token = sandbox.assume("Ticket triage")["Token"]
        rule = {"Name": "Default", "Effect": "ALLOW", "Description": "Office", "IpRanges": ["10.0.0.0/8"]}
        sandbox.call("put_access_control_rule", **rule)
        refused("a server that is busy", ErrorServerBusy, lambda: sandbox.account(token, "alice").inbox)
        check("a pretended address passes", sandbox.account(token, "alice").inbox.total_count == 3)
    print(f"{passed} passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1])
