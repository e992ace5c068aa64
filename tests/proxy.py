"""`wmrole proxy` between exchangelib, unchanged and with a password, and the sandbox; what it refuses, and its memory.

Usage: tests/proxy.py WMROLE
"""

import base64
import concurrent.futures
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

# Nothing is left in the checkout
sys.dont_write_bytecode = True
import ews_client
from ews_client import BLOCK, Sandbox, block, check, end, end_process, hash_in_pieces, made_hash, ok, peak_of, refused
from ews_client import seed_of
from exchangelib import BASIC, DELEGATE, IMPERSONATION, UTC, Account, Configuration, Credentials
from exchangelib.errors import ErrorAccessDenied, ErrorImpersonateUserDenied, UnauthorizedError
from exchangelib.version import EXCHANGE_2010_SP2, Version

LIMIT = 300
PASSWORD = re.compile(r"password, for this run and with any user name: (\S+)")
# A token is renewed before it ends: so long after the start, in seconds, the third one is in use at the latest
TOKEN_LIFETIME, LONG_ENOUGH = 5, 11
MESSAGES, SIZE, LARGE = 500, 20_000, 100 << 20
USERS = ("user0001", "user0002", "user0003")
# Of the proxy, in KiB, beside its program: it was 6 MiB, and 32 are wanted with the program of a release
MEMORY = 16 << 10


class Proxy:
    """`wmrole proxy` before a sandbox, with these arguments."""

    def __init__(self, wmrole, sandbox, *arguments):
        self.directory = tempfile.TemporaryDirectory()
        said = self.said = pathlib.Path(self.directory.name, "stderr")
        command = [wmrole, "--endpoint-url", sandbox.url, "--region", "us-east-1", "proxy", *arguments]
        with open(said, "w", encoding="utf-8") as stderr:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment(self.directory.name)
            )
        try:
            if not select.select([self.process.stdout], [], [], 60)[0]:
                sys.exit("FAILED: the proxy does not start")
            self.url = self.process.stdout.readline().strip()
            for _ in range(600):
                if found := PASSWORD.search(said.read_text("utf-8")):
                    self.password = found[1]
                    break
                time.sleep(0.1)
            else:
                sys.exit(f"FAILED: the proxy shows no password: {said.read_text('utf-8')}")
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end_process(self.process)
        self.process.stdout.close()
        self.directory.cleanup()

    def account(self, user, password=None, access_type=DELEGATE):
        return account(self.url, password or self.password, user, access_type)

    def curl(self, *arguments, body=b"", user="any", password=None, path="", kind="text/xml"):
        """The status, and what was answered."""
        url = self.url.replace("/EWS/Exchange.asmx", path) if path else self.url
        lines = ["silent", "show-error", "max-time = 60", f'url = "{url}"', f'header = "Content-Type: {kind}"']
        # Not in the arguments: other users of this machine would see it
        if user:
            lines.append(f'user = "{user}:{password or self.password}"')
        with tempfile.NamedTemporaryFile() as file:
            file.write(body)
            file.flush()
            lines += [f'data-binary = "@{file.name}"', r'write-out = "\n%{http_code}"']
            answer = subprocess.run(
                ["curl", "--config", "-", *arguments], input="\n".join(lines).encode(), capture_output=True, timeout=90
            )
        if answer.returncode:
            sys.exit(f"FAILED: curl {arguments}: {answer.stderr}")
        text, _, status = answer.stdout.decode().rpartition("\n")
        return int(status), text


def environment(home):
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "NO_PROXY") if name in os.environ}
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true"}
    return {**kept, **keys, "HOME": home}


def account(url, password, user, access_type=DELEGATE):
    """As any program that knows of EWS nothing but an address and a password."""
    # Asking for the version, exchangelib names no user: without --as it must know it
    version = Version(EXCHANGE_2010_SP2) if access_type == IMPERSONATION else None
    credentials = Credentials(user, password)
    config = Configuration(service_endpoint=url, credentials=credentials, auth_type=BASIC, version=version)
    return Account(
        f"{user}@example.com", config=config, autodiscover=False, access_type=access_type, default_timezone=UTC
    )


def copied(account):
    """Every message of an inbox: its number, and the hash of its attachment."""
    found = []
    for item in account.inbox.all():
        (file,) = item.attachments
        if (file.size, item.has_attachments) != (SIZE, True):
            sys.exit(f"FAILED: {item.subject} has an attachment of {file.size} bytes")
        found.append((seed_of(item), hashlib.sha256(file.content).hexdigest()))
    return found


def migration(wmrole):
    """Three mailboxes at once, for longer than tokens live; the same again and again until then."""
    seed = ("--users", "3", "--messages", str(MESSAGES), "--attachment-size", str(SIZE))
    wanted = {(number, made_hash(SIZE, number)) for number in range(1, MESSAGES + 1)}
    with Sandbox(wmrole, "-v", "--token-lifetime", str(TOKEN_LIFETIME), seed=seed) as sandbox:
        with contextlib.ExitStack() as stack:
            proxies = [
                stack.enter_context(Proxy(wmrole, sandbox, "Role 01", "--as", f"{user}@example.com")) for user in USERS
            ]
            until = time.monotonic() + LONG_ENOUGH

            def copy(user, proxy):
                mailbox = proxy.account(user)
                whole = copied(mailbox)
                passes = 1
                while time.monotonic() < until:
                    if copied(mailbox) != whole:
                        sys.exit(f"FAILED: {user} was read again, and was different")
                    passes += 1
                return whole, passes

            with concurrent.futures.ThreadPoolExecutor(len(USERS)) as pool:
                results = list(pool.map(copy, USERS, proxies))
            found = [message for whole, _ in results for message in whole]
            check(f"{MESSAGES} messages of three mailboxes are copied at once", len(found) == MESSAGES, len(found))
            check("each with its attachment", set(found) == wanted)
            peaks = [peak_of(proxy.process) for proxy in proxies]
            check("with little memory", max(peaks) < MEMORY, f"{peaks} KiB")
        calls = sandbox.calls()
        assumed = calls["AssumeImpersonationRole"]
        check("while tokens ended, several for each", assumed >= 3 * len(USERS), f"{assumed} tokens")
        read = sum(passes for _, passes in results) * MESSAGES // len(USERS)
        check("and every attachment was asked of EWS", calls["EWS GetAttachment"] >= read - 3 * MESSAGES, calls)


def large(wmrole):
    """One attachment of 100 MiB in each direction, and what the proxy holds of it."""
    seed = ("--users", "1", "--messages", "1", "--attachment-size", str(LARGE))
    with Sandbox(wmrole, seed=seed) as sandbox:
        with Proxy(wmrole, sandbox, "Role 02", "--as", "user0001") as proxy:
            (item,) = proxy.account("user0001").inbox.all().only("attachments")
            size, hashed = hash_in_pieces(item.attachments[0])
            check("an attachment of 100 MiB is read", (size, hashed) == (LARGE, made_hash(LARGE, 1)), size)
            peak = peak_of(proxy.process)
            check("with less than 16 MiB", peak < MEMORY, f"{peak} KiB")
        with Proxy(wmrole, sandbox, "Role 02", "--as", "user0001") as proxy:
            written, peak = written_through(proxy, sandbox, item.id)
            check("one is written", written == made_hash(LARGE, 2))
            check("with less than 16 MiB too", peak < MEMORY, f"{peak} KiB")


def ending(wmrole):
    """What is in flight comes to its end, what EWS no longer allows is told, and no secret is in a line."""
    seed = ("--users", "1", "--messages", "1", "--attachment-size", str(LARGE))
    with Sandbox(wmrole, seed=seed) as sandbox:
        with Proxy(wmrole, sandbox, "Role 01", "--as", "user0001", "-v") as proxy:
            (item,) = proxy.account("user0001").inbox.all().only("attachments")
            with answer_begun(proxy, item) as answer:
                proxy.process.send_signal(signal.SIGINT)
                wait_until("the proxy takes no more connections", lambda: not is_listening(proxy))
                check("an interrupt lets what is in flight come to its end", read_to_end(answer) > LARGE * 4 // 3)
            check("and then the proxy ends", proxy.process.wait(30) == 0, proxy.process.returncode)
            said = proxy.said.read_text("utf-8")
            check(
                "-v has a line a request",
                len(re.findall("^GetAttachment user0001@example.com 200 ", said, re.M)) == 1,
                said,
            )
            check(
                "and no secret", said.count(proxy.password) == 1 and "Bearer" not in said and "Basic" not in said, said
            )
        with Proxy(wmrole, sandbox, "Role 01", "--as", "user0001") as proxy:
            with answer_begun(proxy, item):
                proxy.process.send_signal(signal.SIGTERM)
                wait_until("the proxy takes no more connections after SIGTERM", lambda: not is_listening(proxy))
                proxy.process.send_signal(signal.SIGTERM)
                check("a second signal ends it at once", proxy.process.wait(30) == 0, proxy.process.returncode)
        with Proxy(wmrole, sandbox, "Role 02", "--as", "user0001") as proxy:
            check("a role that is there", proxy.curl(body=envelope(get_folder()))[0] == 200)
            sandbox.call("delete_impersonation_role", ImpersonationRoleId=sandbox.role("Role 02"))
            # A token that is a second old may be renewed
            time.sleep(1.1)
            status, text = proxy.curl(body=envelope(get_folder()))
            gone = status == 500 and "ErrorImpersonateUserDenied" in text and "role Role 02 is gone" in text
            check("a role that is gone is a fault, which nobody tries again, and not 401", gone, f"{status} {text}")
            check("and the proxy ends with it", proxy.process.wait(30) == 1, proxy.process.returncode)
            check("and said why", "Role 02 is gone" in proxy.said.read_text("utf-8"))


@contextlib.contextmanager
def answer_begun(proxy, item):
    """The answer to GetAttachment, of which the beginning was read."""
    url = urllib.parse.urlsplit(proxy.url)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    named = f'<t:AttachmentId Id="{item.attachments[0].attachment_id.id}"/>'
    body = envelope(f"<m:GetAttachment><m:AttachmentIds>{named}</m:AttachmentIds></m:GetAttachment>")
    headers = {"Content-Type": "text/xml", "Authorization": f"Bearer {proxy.password}"}
    connection.request("POST", url.path, body, headers)
    answer = connection.getresponse()
    answer.read(1)
    yield answer
    connection.close()


def read_to_end(answer):
    """How much was left. An answer that breaks off raises."""
    length = 0
    while piece := answer.read(1 << 20):
        length += len(piece)
    return length


def is_listening(proxy):
    url = urllib.parse.urlsplit(proxy.url)
    try:
        socket.create_connection((url.hostname, url.port), timeout=10).close()
    except ConnectionRefusedError:
        return False
    return True


def wait_until(what, condition):
    for _ in range(600):
        if condition():
            return ok(what)
        time.sleep(0.1)
    sys.exit(f"FAILED: {what}")


def written_through(proxy, sandbox, item):
    """Streams an attachment through curl; gives the hash of what arrived, and the proxy's peak."""
    head, tail = create_attachment(item, "\0").split(b"\0")
    config = f'user = "any:{proxy.password}"\nurl = "{proxy.url}"\n'
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(config)
        file.flush()
        # The length is not known: in chunks
        command = ["curl", "--config", file.name, "--silent", "--show-error", "--fail", "--max-time", str(LIMIT)]
        command += ["--request", "POST", "--header", "Content-Type: text/xml", "--upload-file", "-"]
        curl = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with curl.stdin as body:
            body.write(head)
            for number in range(-(-LARGE // BLOCK)):
                body.write(base64.b64encode(block(2, number)[: LARGE - number * BLOCK]))
            body.write(tail)
        answer = curl.stdout.read().decode()
        curl.stdout.close()
        if curl.wait(60) or "NoError" not in answer:
            sys.exit(f"FAILED: the attachment is not taken: {answer}")
    peak = peak_of(proxy.process)
    messages = json.loads(sandbox.state.read_text("utf-8"))["organizations"][0]["messages"]
    (kept,) = (file for message in messages for file in message["attachments"] if "kept_bytes" in file["content"])
    hashed = hashlib.sha256()
    with open(f"{sandbox.state}.attachments/{kept['id']}", "rb") as content:
        while piece := content.read(4 << 18):
            hashed.update(base64.b64decode(piece, validate=True))
    return hashed.hexdigest(), peak


TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
MESSAGES_NS = TYPES.replace("types", "messages")


def envelope(operation, header=""):
    return (
        f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="{TYPES}" xmlns:m="{MESSAGES_NS}">'
        f"<s:Header>{header}</s:Header><s:Body>{operation}</s:Body></s:Envelope>"
    ).encode()


def create_attachment(item, content):
    return envelope(
        f'<m:CreateAttachment><m:ParentItemId Id="{item}"/><m:Attachments><t:FileAttachment><t:Name>large</t:Name>'
        f"<t:Content>{content}</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>"
    )


def impersonating(user):
    sid = f"<t:PrimarySmtpAddress>{user}@example.com</t:PrimarySmtpAddress>"
    return f"<t:ExchangeImpersonation><t:ConnectingSID>{sid}</t:ConnectingSID></t:ExchangeImpersonation>"


def get_folder(mailbox=""):
    of = f"<t:Mailbox><t:EmailAddress>{mailbox}@example.com</t:EmailAddress></t:Mailbox>" if mailbox else ""
    return (
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>"
        f'<t:DistinguishedFolderId Id="inbox">{of}</t:DistinguishedFolderId></m:FolderIds></m:GetFolder>'
    )


CREATE_ITEM = (
    '<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Message><t:Subject>New</t:Subject></t:Message></m:Items>'
    "</m:CreateItem>"
)
PUSH = (
    '<m:Subscribe><m:PushSubscriptionRequest><t:FolderIds><t:DistinguishedFolderId Id="inbox"/></t:FolderIds>'
    "<t:EventTypes><t:EventType>NewMailEvent</t:EventType></t:EventTypes><t:StatusFrequency>1</t:StatusFrequency>"
    "<t:URL>https://elsewhere.example</t:URL></m:PushSubscriptionRequest></m:Subscribe>"
)
LEAVING = {
    "UpdateInboxRules": "<m:UpdateInboxRules><m:RemoveOutlookRuleBlob>true</m:RemoveOutlookRuleBlob></m:UpdateInboxRules>",
    "AddDelegate": "<m:AddDelegate/>",
    "UpdateDelegate": "<m:UpdateDelegate/>",
    "RemoveDelegate": "<m:RemoveDelegate/>",
    "a Subscribe that pushes": PUSH,
}


def refusals(wmrole):
    """Each by curl; nothing of it gets to EWS."""
    good = envelope(get_folder())
    with Sandbox(wmrole, "-v") as sandbox:
        with Proxy(wmrole, sandbox, "Migration", "--as", "alice@example.com") as proxy:

            def answered(what, status, *arguments, contains="", body=good, **how):
                got, text = proxy.curl(*arguments, body=body, **how)
                check(f"{what}: HTTP {status} {contains}", got == status and contains in text, f"{got} {text}")

            answered("the right password", 200, contains="NoError")
            answered("another user name with it", 200, user="somebody", contains="NoError")
            bearer = pathlib.Path(proxy.directory.name, "bearer")
            bearer.write_text(f'header = "Authorization: Bearer {proxy.password}"\n', encoding="utf-8")
            answered("the password as a token", 200, "--config", str(bearer), user="", contains="NoError")
            answered("a wrong password", 401, password="wrong")
            answered("no password", 401, user="")
            answered("another host's name", 421, "--header", "Host: ews.example.com")
            answered("another port's name", 421, "--header", "Host: 127.0.0.1:1")
            answered("a page of a browser", 403, "--header", "Origin: https://example.com")
            answered("another path", 404, path="/EWS/Other.asmx")
            answered("a query", 404, path="/EWS/Exchange.asmx?wsdl")
            for method in ("GET", "PUT", "OPTIONS"):
                answered(f"the method {method}", 405, "--request", method)
            answered("a body that is compressed", 415, "--header", "Content-Encoding: gzip")
            answered("another charset", 415, kind="text/xml; charset=utf-16")
            answered("UTF-16 without a word", 400, body=good.decode().encode("utf-16"))
            answered("a document type", 400, body=b'<!DOCTYPE a [<!ENTITY b "c">]>' + good)
            answered("no XML", 400, body=b"{}")
            answered("half an envelope", 400, body=good[:-5])
            answered("nothing", 400, body=b"")
            answered(
                "a head over 64 KiB",
                400,
                body=envelope(get_folder(), f"<t:MailboxCulture>{'a' * (65 << 10)}</t:MailboxCulture>"),
            )
            denied = "ErrorImpersonateUserDenied"
            answered("another user", 500, body=envelope(get_folder(), impersonating("bob")), contains=denied)
            twice = impersonating("alice") * 2
            answered("two users", 400, body=envelope(get_folder(), twice))
            answered(
                "a mailbox that is not the user's", 200, body=envelope(get_folder("bob")), contains="ErrorAccessDenied"
            )
            answered(
                "the same user", 200, body=envelope(get_folder("alice"), impersonating("alice")), contains="NoError"
            )
            for name, operation in LEAVING.items():
                got, text = proxy.curl(body=envelope(operation))
                check(
                    f"{name}: ErrorAccessDenied", "ErrorAccessDenied" in text and "NoError" not in text, f"{got} {text}"
                )
            unknown = envelope("<m:Unheard/>")
            answered("an unknown operation", 500, body=unknown, contains="ErrorInvalidOperation")
            item = proxy.account("alice").inbox.all().only("subject")[0].id
            before = sandbox.state.read_bytes()
            whole = create_attachment(item, "A" * (2 << 20))
            second = whole.replace(b"</s:Body>", f"{CREATE_ITEM}</s:Body>".encode())
            for what, body in {
                "half of a large request": whole[:-5],
                "a large request with a comment that does not end": whole.replace(b"</m:Att", b"<!-- </m:Att"),
                "a large request with a second operation": second,
                "a large request with a document type": b"<!DOCTYPE a>" + whole,
            }.items():
                answered(what, 400, body=body)
            broken_off(proxy, whole)
            check("nothing of them was done", sandbox.state.read_bytes() == before)
        with Proxy(wmrole, sandbox, "Migration", "--as", "alice@example.com", "--read-only") as proxy:
            answered("reading with --read-only", 200, contains="NoError")
            answered("writing with --read-only", 200, body=envelope(CREATE_ITEM), contains="ErrorAccessDenied")
            alice = proxy.account("alice")
            check("exchangelib reads with --read-only", alice.inbox.total_count == 3)
            refused("and does not write", ErrorAccessDenied, lambda: ews_client.message(alice).save())
            answered("a large request with --read-only", 200, body=whole, contains="ErrorAccessDenied")
        allowed = ("--allow-operation", "UpdateInboxRules")
        with Proxy(wmrole, sandbox, "Migration", "--as", "alice@example.com", *allowed) as proxy:
            _, text = proxy.curl(body=envelope(LEAVING["UpdateInboxRules"]))
            check("what is allowed gets to EWS", "The sandbox has no UpdateInboxRules" in text, text)
            _, text = proxy.curl(body=envelope(LEAVING["AddDelegate"]))
            check("and nothing else", "ErrorAccessDenied" in text, text)
        for arguments, code in (
            (["Migration", "--listen", "0.0.0.0:0"], 2),
            (["Migration", "--allow-operation", "GetItem"], 2),
            (["Ticket triage", "--as", "ceo"], 3),
            (["Migration", "--as", "nobody"], 1),
        ):
            command = [wmrole, "--endpoint-url", sandbox.url, "--region", "us-east-1", "proxy", *arguments]
            told = subprocess.run(
                command, env=environment(proxy.directory.name), capture_output=True, text=True, timeout=60
            )
            right = told.returncode == code and not told.stdout and "password" not in told.stderr
            check(f"proxy {' '.join(arguments)} ends with {code}", right, told)
        calls = sandbox.calls()
        known = {"EWS ConvertId", "EWS FindItem", "EWS GetFolder", "EWS UpdateInboxRules"}
        reached = {operation for operation in calls if operation.startswith("EWS ")}
        check("nothing that was refused got to EWS", reached <= known and calls["EWS GetFolder"] < 12, calls)


def broken_off(proxy, body):
    """Ends the connection before the end of a request."""
    url = urllib.parse.urlsplit(proxy.url)
    head = (
        f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: Bearer {proxy.password}\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((url.hostname, url.port), timeout=60) as connection:
        connection.sendall(head.encode() + body[:-20])


def clients(wmrole):
    """Without --as, with a command, with tokens that EWS does not accept."""
    with Sandbox(
        wmrole, "--fault", "expired-token:CreateAttachment:1", "--fault", "expired-token:FindItem:1"
    ) as sandbox:
        with Proxy(wmrole, sandbox, "Migration") as proxy:
            for user in ("alice", "bob"):
                mailbox = proxy.account(user, access_type=IMPERSONATION)
                check(f"a client that names {user} itself", mailbox.inbox.total_count == 3)
            nobody = lambda: proxy.account("ceo", access_type=IMPERSONATION).inbox
            refused("one who names a user whom the role denies", ErrorImpersonateUserDenied, nobody)
            _, text = proxy.curl(body=envelope(get_folder()))
            check("one who names nobody is told so", "ErrorInvalidExchangeImpersonationHeaderData" in text, text)
            # A token that is a second old may be renewed
            time.sleep(1.1)
            alice = proxy.account("alice", access_type=IMPERSONATION)
            check("a token that EWS does not accept is renewed unseen", len(list(alice.inbox.all())) == 3)
            time.sleep(1.1)
            body = create_attachment("DUMMY", "A" * (2 << 20)).replace(
                b"<s:Header>", b"<s:Header>" + impersonating("alice").encode()
            )
            status, text = proxy.curl(body=body)
            check("what is too long to be sent again is HTTP 503, and not 401", status == 503, f"{status} {text}")
            status, text = proxy.curl(body=body)
            check("and passes the next time", status == 200 and "ErrorInvalidIdMalformed" in text, f"{status} {text}")
            wrong = lambda: proxy.account("alice", "wrong").inbox
            refused("a wrong password", UnauthorizedError, wrong)
        with tempfile.TemporaryDirectory() as home:
            command = [wmrole, "--endpoint-url", sandbox.url, "--region", "us-east-1", "proxy", "Ticket triage"]
            command += ["--as", "alice", "--", sys.executable, __file__, "--inbox"]
            told = subprocess.run(command, env=environment(home), capture_output=True, text=True, timeout=90)
            check("a command finds all in its environment", told.stdout == "3 in inbox\n", told)
            check("and its end is the proxy's", told.returncode == 7, told.returncode)
            with contextlib.suppress(ValueError):
                check("no password is shown then", PASSWORD.search(told.stderr) is None)


def inbox():
    """What the command of a proxy does."""
    user = os.environ["WORKMAIL_IMPERSONATED_USER"].removesuffix("@example.com")
    mailbox = account(os.environ["WORKMAIL_EWS_URL"], os.environ["WORKMAIL_EWS_PASSWORD"], user)
    print(mailbox.inbox.total_count, "in inbox", flush=True)
    sys.exit(7)


def main(wmrole):
    # As an exception, so that no program is left behind
    signal.signal(signal.SIGALRM, end)
    signal.signal(signal.SIGTERM, end)
    signal.alarm(LIMIT)
    if wmrole == "--inbox":
        inbox()
    refusals(wmrole)
    clients(wmrole)
    migration(wmrole)
    large(wmrole)
    ending(wmrole)
    print(f"{ews_client.passed} passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1])
