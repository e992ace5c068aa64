"""`audit --leaving --all-organizations` at AWS: the three Regions of WorkMail, each asked for by its own name over TLS.

Usage: tests/regions.py WMROLE

AWS is a proxy of the environment, HTTPS_PROXY, that has a certificate for AWS's names and a sandbox for each Region.
"""

import contextlib
import http.client
import http.server
import json
import pathlib
import signal
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.parse

# Nothing is left in the checkout
sys.dont_write_bytecode = True
import ews_client
import proxy
from ews_client import Sandbox, check, end

LIMIT = 300
REGIONS = ["us-east-1", "us-west-2", "eu-west-1"]
HOSTS = {f"workmail.{region}.amazonaws.com": region for region in REGIONS}
STS = {f"sts.{region}.amazonaws.com": region for region in REGIONS}
AUDIT = ["audit", "--leaving", "--all-organizations", "-o", "json"]


class Aws(socketserver.ThreadingTCPServer):
    """Takes CONNECT, speaks TLS as the host that is asked for, and passes on to the sandbox of its Region."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, home, sandboxes):
        super().__init__(("127.0.0.1", 0), Connection)
        self.sandboxes = sandboxes
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(*certificate(home))
        self.asked = []
        self.refused = set()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        host = self.rfile.readline().split()[1].decode().removesuffix(":443")
        while self.rfile.readline().strip():
            pass
        self.server.asked.append(host)
        region = {**HOSTS, **STS}.get(host)
        if region is None or host in self.server.refused:
            self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with contextlib.suppress(OSError), self.server.tls.wrap_socket(self.connection, server_side=True) as client:
            Service(self.server.sandboxes[region].url, client, self.client_address, self.server)


class Service(http.server.BaseHTTPRequestHandler):
    """Passes on, since the sandbox answers to its own name alone."""

    protocol_version = "HTTP/1.1"

    def __init__(self, url, *connection):
        self.url = urllib.parse.urlsplit(url)
        super().__init__(*connection)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        sandbox = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=60)
        sandbox.request("POST", self.path, body, headers)
        answer = sandbox.getresponse()
        told = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)
        sandbox.close()

    def log_message(self, *_):
        pass


def certificate(home):
    """An authority, and a certificate of it for AWS's names."""
    names = ",".join(f"DNS:{host}" for host in [*HOSTS, *STS])
    (home / "names").write_text(f"subjectAltName = {names}\n")
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=test"]
    for command in (
        ["req", "-x509", *new, "-days", "2", "-keyout", "ca.key", "-out", "ca.pem"],
        ["req", *new, "-keyout", "key.pem", "-out", "request.pem"],
        ["x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2"]
        + ["-extfile", "names", "-out", "certificate.pem"],
    ):
        subprocess.run(["openssl", *command], cwd=home, check=True, capture_output=True, timeout=60)
    return home / "certificate.pem", home / "key.pem"


class Story:
    def __init__(self, wmrole, home, aws):
        self.wmrole, self.home, self.aws = wmrole, home, aws
        address = "http://%s:%s" % aws.server_address
        self.environment = {
            **proxy.environment(str(home)),
            "HTTPS_PROXY": address,
            "SSL_CERT_FILE": str(home / "ca.pem"),
            "AWS_MAX_ATTEMPTS": "1",
        }
        del self.environment["NO_PROXY"]

    def audited(self, code, *arguments, **environment):
        """The document, the Regions that were asked for organizations, and what was said."""
        self.aws.asked.clear()
        command = [self.wmrole, *AUDIT, *arguments]
        told = subprocess.run(
            command, env={**self.environment, **environment}, capture_output=True, text=True, timeout=120
        )
        if told.returncode != code:
            sys.exit(f"FAILED: {command} {environment} ends with {told.returncode}, not {code}: {told}")
        document = json.loads(told.stdout) if told.stdout else None
        return document, {HOSTS[host] for host in self.aws.asked if host in HOSTS}, told.stderr


def read(document):
    return {one["region"]: one["error"] for one in document["regions"]}


def every_region(story):
    (story.home / "config").write_text("[default]\nregion = us-west-2\n[profile p]\nregion = eu-west-1\n")
    for what, environment in {
        "no Region is configured": {},
        "AWS_REGION names one": {"AWS_REGION": "eu-west-1"},
        "AWS_DEFAULT_REGION names one": {"AWS_DEFAULT_REGION": "us-west-2"},
        "AWS_REGION names one without WorkMail": {"AWS_REGION": "ap-south-1"},
        "the configuration names one": {"AWS_CONFIG_FILE": str(story.home / "config")},
        "the profile names one": {"AWS_CONFIG_FILE": str(story.home / "config"), "AWS_PROFILE": "p"},
    }.items():
        document, asked, said = story.audited(0, **environment)
        check(f"every Region is asked where {what}", asked == set(REGIONS), (asked, said))
        check("and the document says so", read(document) == dict.fromkeys(REGIONS), document["regions"])
    found = [(one["organization"]["region"], one["organization"]["alias"]) for one in document["organizations"]]
    wanted = [(region, alias) for region in REGIONS for alias in ("acme", "globex")[: 1 + (region == "us-west-2")]]
    check("with the organizations of each", found == wanted, found)
    for one in document["organizations"]:
        region = one["organization"]["region"]
        remedies = [text for finding in one["findings"] for text in [finding["remedy"]] if text.startswith("`")]
        check(f"and remedies for {region}", all(f"--region {region} " in text for text in remedies), remedies)
        check("as whom they were read", one["principal"] == "arn:aws:iam::111122223333:user/AKIDEXAMPLE", one.get("principal_not_read"))
    document, asked, _ = story.audited(0, "--region", "us-west-2")
    check("--region asks one", asked == {"us-west-2"} and read(document) == {"us-west-2": None}, document["regions"])


def a_region_that_fails(story):
    for region in REGIONS:
        story.aws.refused = {f"workmail.{region}.amazonaws.com"}
        document, asked, said = story.audited(1, "--fail-on", "low")
        check(f"the others are asked when {region} does not answer", asked == set(REGIONS), asked)
        errors = read(document)
        failed = [one for one, error in errors.items() if error]
        check("it stands in the document, and --fail-on ends with 1", failed == [region], errors)
        check("and on stderr", f"warning: Region {region}: not checked" in said, said)
        read_of = {one["organization"]["region"] for one in document["organizations"]}
        check("the others are read", read_of == set(REGIONS) - {region}, read_of)
    story.aws.refused = set(HOSTS)
    _, asked, said = story.audited(1)
    check("none answers: that is an error", asked == set(REGIONS) and "error: the organizations of no" in said, said)
    lines = [one for one in said.splitlines() for region in REGIONS if one.startswith(f"error: Region {region}: ")]
    check("and each Region has a line", len(lines) == len(REGIONS), said)
    denied = {name: "" for name in story.environment if name.startswith("AWS_") and ("KEY" in name or "TOKEN" in name)}
    _, _, said = story.audited(1, **denied, AWS_EC2_METADATA_DISABLED="true")
    check("what all of them say is said once", said.count("credentials were found") == 1, said)
    for format in ("table", "markdown", "sarif"):
        story.aws.refused = {"workmail.eu-west-1.amazonaws.com"}
        told = subprocess.run(
            [story.wmrole, *AUDIT[:-1], format, "--fail-on", "low"],
            env=story.environment, capture_output=True, text=True, timeout=120,
        )
        check(f"{format} says which was not read", told.returncode == 1 and "eu-west-1" in told.stdout, told)
    story.aws.refused = set()


def nothing_there(story, sandboxes):
    """The proof of an account is of three Regions, also where two hold nothing."""
    for region, sandbox in sandboxes.items():
        state = json.loads(sandbox.state.read_text("utf-8"))
        for one in state["organizations"]:
            one.update(roles=[], mailbox_permissions=[], access_control_rules=one["access_control_rules"][:1])
        state["organizations"] = state["organizations"][:1] if region == "us-west-2" else []
        new = sandbox.state.with_name("new.json")
        new.write_text(json.dumps(state), "utf-8")
        new.replace(sandbox.state)
    document, asked, said = story.audited(0, "--fail-on", "low", AWS_REGION="us-east-1")
    check("an organization in one Region is found from another", len(document["organizations"]) == 1, said)
    one = document["organizations"][0]
    check("and proved to be shut", one["all_shut"] and asked == set(REGIONS), document)
    story.aws.refused = {"workmail.us-west-2.amazonaws.com"}
    document, _, _ = story.audited(1, "--fail-on", "low")
    check("and nothing is proved where its Region does not answer", document["organizations"] == [], document)


def main(wmrole):
    signal.signal(signal.SIGALRM, end)
    signal.signal(signal.SIGTERM, end)
    signal.alarm(LIMIT)
    with contextlib.ExitStack() as stack:
        sandboxes = {}
        for region in REGIONS:
            seed = ("--organizations", "2") if region == "us-west-2" else ()
            sandboxes[region] = sandbox = stack.enter_context(Sandbox(wmrole, seed=seed))
            state = sandbox.state.read_text("utf-8").replace("us-east-1", region)
            sandbox.state.write_text(state, "utf-8")
        home = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        aws = stack.enter_context(Aws(home, sandboxes))
        story = Story(wmrole, home, aws)
        every_region(story)
        a_region_that_fails(story)
        nothing_there(story, sandboxes)
    print(f"{ews_client.passed} passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1])
