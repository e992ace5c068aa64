#!/usr/bin/env python3
"""Completion in real shells, each in a pseudo-terminal, against the sandbox.

Usage: tests/shells.py WMROLE [NAME...]

A case types a line, Tab and a letter. The letter is on the screen when the completion is over, behind what it made of
the line; nothing else may be on the screen. No wait is without a limit, and none asserts by the clock.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pexpect
import pyte

LIMIT = 60
PROMPT = "READY> "
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
LEGACY = r"wmrole show Legacy\ backup "
SHELLS = ["bash", "zsh", "fish"]

# Where the shell begins, with the script of SCRIPT loaded
START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i", "--features", "no-query-term", "-C"],
}
SETUP = {
    "bash": "bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; . {script}",
    "zsh": "unsetopt beep prompt_sp; fpath=({folder} $fpath); autoload -U compinit; compinit -u -D",
    "fish": "function fish_prompt; echo -n '{prompt}'; end; function fish_greeting; end; "
    "set -g fish_autosuggestion_enabled 0; set -g fish_complete_path {folder}",
}


class Failed(Exception):
    """What a case found."""


class Terminal:
    """A shell in a pseudo-terminal, and what is on its screen."""

    def __init__(self, shell, home, env):
        self.shell = shell
        self.screen = pyte.Screen(100, 30)
        self.stream = pyte.Stream(self.screen)
        script = home.script(shell)
        setup = SETUP[shell].format(script=script, folder=os.path.dirname(script), prompt=PROMPT)
        command = START[shell] + ([setup] if shell == "fish" else [])
        if shell == "fish" and fish_is_old():
            command = [word for word in command if word not in ("--features", "no-query-term")]
        self.child = pexpect.spawn(
            command[0],
            command[1:],
            env={**home.env, **env, "PS1": PROMPT, "TERM": "xterm", "LC_ALL": "C.UTF-8"},
            cwd=home.path,
            dimensions=(30, 100),
            encoding="utf-8",
            timeout=LIMIT,
        )
        if shell != "fish":
            self.child.sendline(setup + "; printf 'set\\055up\\n'")
            self.wait(lambda: "set-up" in self.text(), "the shell did not begin")
        else:
            self.wait(lambda: self.text().endswith(PROMPT.strip()), "the shell did not begin")

    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def read(self):
        try:
            self.stream.feed(self.child.read_nonblocking(65536, timeout=0.05))
        except pexpect.TIMEOUT:
            pass
        except pexpect.EOF:
            raise Failed(f"the shell ended:\n{self.text()}") from None

    def wait(self, until, what):
        end = time.monotonic() + LIMIT
        while not until():
            if time.monotonic() > end:
                raise Failed(f"{what}:\n{self.text()}")
            self.read()

    def clear(self):
        """An empty line on an empty screen."""
        self.child.send("\x03")
        self.child.send("\x0c")
        self.wait(lambda: self.text() == PROMPT.strip(), "no empty prompt")

    def complete(self, typed, tabs=1):
        """The whole screen without the prompt, after Tab and a letter."""
        self.clear()
        for _ in range(tabs):
            self.child.send(typed + "\t")
            typed = ""
        self.child.send("@")
        # Below a list, bash draws the line again
        is_over = lambda line: line.startswith(PROMPT) and line.endswith("@")
        self.wait(lambda: any(map(is_over, self.text().split("\n"))), "the completion did not end")
        screen = self.text()
        if not screen.startswith(PROMPT):
            raise Failed(f"no prompt:\n{screen}")
        return screen[len(PROMPT) :]

    def becomes(self, typed, line):
        """The line and nothing else."""
        found = self.complete(typed)
        if found != line + "@":
            raise Failed(f"{typed!r} became\n{found!r}, and not\n{line + '@'!r}")

    def stays(self, typed):
        self.becomes(typed, typed)

    def comes(self, typed, line):
        """The line, at the latest when the names were read."""
        end = time.monotonic() + LIMIT
        while (found := self.complete(typed)) != line + "@":
            if found != typed + "@" or time.monotonic() > end:
                raise Failed(f"{typed!r} became\n{found!r}, and not\n{line + '@'!r}")

    def wait_for_names(self):
        """On a busy machine they may not be there within a second."""
        self.comes("wmrole show Leg", LEGACY)
        self.comes("wmrole access --user car", "wmrole access --user carol@example.com ")
        self.comes("wmrole create x --allow-group onc", "wmrole create x --allow-group oncall@example.com ")

    def close(self):
        self.child.close(force=True)


def fish_is_old():
    version = subprocess.run(["fish", "--version"], capture_output=True, text=True, check=True).stdout
    return int(version.split()[-1].split(".")[0]) < 4


class Home:
    """A home with the program on the path, its scripts where --install puts them, and an organization."""

    def __init__(self, wmrole):
        self.path = tempfile.mkdtemp(prefix="wmrole-shells-")
        os.mkdir(f"{self.path}/bin")
        os.symlink(os.path.abspath(wmrole), f"{self.path}/bin/wmrole")
        self.env = {
            "HOME": self.path,
            "PATH": f"{self.path}/bin:/usr/bin:/bin",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.state = f"{self.path}/state.json"
        self.servers = []
        self.caches = 0
        self.wmrole("sandbox", "init", self.state)
        on = ["--sandbox", self.state]
        for name in ["Bob's role", 'A "quoted" name', "Sync: all", "cost $5 & more!", 'the "old"']:
            self.wmrole(*on, "create", name, "--type", "read-only", "--allow", "alice", "--yes")
        for shell in SHELLS:
            self.wmrole("completions", shell, "--install")

    def wmrole(self, *args):
        subprocess.run(
            [f"{self.path}/bin/wmrole", *args], env=self.env, check=True, capture_output=True, timeout=LIMIT
        )

    def script(self, shell):
        below = {
            "bash": ".local/share/bash-completion/completions/wmrole",
            "zsh": ".local/share/zsh/site-functions/_wmrole",
            "fish": ".config/fish/completions/wmrole.fish",
        }
        return f"{self.path}/{below[shell]}"

    def serve(self, latency=0):
        """The address of the sandbox over HTTP."""
        server = subprocess.Popen(
            [f"{self.path}/bin/wmrole", "sandbox", "serve", "--state", self.state, "--latency", str(latency)],
            env=self.env,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.servers.append(server)
        return server.stdout.readline().strip()

    def cache(self):
        """The environment with an empty cache."""
        self.caches += 1
        return {"XDG_CACHE_HOME": f"{self.path}/cache{self.caches}"}

    def on_sandbox(self):
        return {"WMROLE_SANDBOX": self.state, **self.cache()}

    def close(self):
        for server in self.servers:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=LIMIT)
        shutil.rmtree(self.path, ignore_errors=True)


def in_terminal(shell, home, env, test):
    terminal = Terminal(shell, home, env)
    try:
        test(terminal)
    finally:
        terminal.close()


# What each shell makes of a word with characters that mean something to it
QUOTED = {
    "bash": {
        "wmrole show Tick": r"wmrole show Ticket\ triage ",
        "wmrole show 'Ticket tr": "wmrole show 'Ticket triage' ",
        'wmrole show "Ticket tr': 'wmrole show "Ticket triage" ',
        r"wmrole show Ticket\ tr": r"wmrole show Ticket\ triage ",
        "wmrole show Bob": r"wmrole show Bob\'s\ role ",
        "wmrole show 'Bob": r"wmrole show 'Bob'\''s role' ",
        'wmrole show "Bob': 'wmrole show "Bob\'s role" ',
        "wmrole show A": r"wmrole show A\ \"quoted\"\ name ",
        'wmrole show "A': r'wmrole show "A \"quoted\" name" ',
        'wmrole show "the': r'wmrole show "the \"old\"" ',
        "wmrole show Sy": r"wmrole show Sync:\ all ",
        r"wmrole show Sync:\ a": r"wmrole show Sync:\ all ",
        "wmrole show co": r"wmrole show cost\ \$5\ \&\ more\! ",
        "wmrole show 'co": "wmrole show 'cost $5 & more!' ",
        'wmrole show "co': r'wmrole show "cost \$5 & more"\!"" ',
        'wmrole access --role="Ticket tr': 'wmrole access --role="Ticket triage" ',
    },
    "zsh": {
        "wmrole show Tick": r"wmrole show Ticket\ triage ",
        "wmrole show 'Ticket tr": "wmrole show 'Ticket triage' ",
        'wmrole show "Ticket tr': 'wmrole show "Ticket triage" ',
        r"wmrole show Ticket\ tr": r"wmrole show Ticket\ triage ",
        "wmrole show Bob": r"wmrole show Bob\'s\ role ",
        "wmrole show 'Bob": r"wmrole show 'Bob'\''s role' ",
        'wmrole show "Bob': 'wmrole show "Bob\'s role" ',
        "wmrole show A": r"wmrole show A\ \"quoted\"\ name ",
        'wmrole show "the': r'wmrole show "the \"old\"" ',
        "wmrole show Sy": r"wmrole show Sync:\ all ",
        r"wmrole show Sync:\ a": r"wmrole show Sync:\ all ",
        "wmrole show co": r"wmrole show cost\ \$5\ \&\ more\! ",
        "wmrole show 'co": "wmrole show 'cost $5 & more!' ",
        'wmrole access --role="Ticket tr': r"wmrole access --role=Ticket\ triage ",
    },
    "fish": {
        "wmrole show Tick": r"wmrole show Ticket\ triage ",
        "wmrole show 'Ticket tr": "wmrole show 'Ticket triage' ",
        'wmrole show "Ticket tr': 'wmrole show "Ticket triage" ',
        r"wmrole show Ticket\ tr": r"wmrole show Ticket\ triage ",
        "wmrole show Bob": r"wmrole show Bob\'s\ role ",
        "wmrole show 'Bob": r"wmrole show 'Bob\'s role' ",
        "wmrole show A": "wmrole show A\\ \\\"quoted\\\"\\ name ",
        "wmrole show Sy": r"wmrole show Sync:\ all ",
        "wmrole show 'co": "wmrole show 'cost $5 & more!' ",
    },
}


def names_in_every_quoting(shell, home):
    def test(terminal):
        terminal.wait_for_names()
        for typed, line in QUOTED[shell].items():
            terminal.becomes(typed, line)

    in_terminal(shell, home, home.on_sandbox(), test)


def values_and_flags(shell, home):
    edit = {"bash": r"wmrole edit 'Ticket triage' ", "zsh": r"wmrole edit Ticket\ triage "}
    edit = edit.get(shell, 'wmrole edit "Ticket triage" ')

    def test(terminal):
        terminal.wait_for_names()
        for typed, line in {
            # A user by address, user name and display name
            "wmrole test Migration ali": "wmrole test Migration alice@example.com ",
            "wmrole assume Migration --as alice@ex": "wmrole assume Migration --as alice@example.com ",
            "wmrole assume Migration --as=alice@ex": "wmrole assume Migration --as=alice@example.com ",
            "wmrole create x --allow Haddad": "wmrole create x --allow frank@example.com ",
            "wmrole create x --allow bob gra": "wmrole create x --allow bob grace@example.com ",
            "wmrole create x --allow-group onc": "wmrole create x --allow-group oncall@example.com ",
            # Words that are known
            "wmrole org": "wmrole organizations ",
            "wmrole create x --type f": "wmrole create x --type full-access ",
            "wmrole create x --type=f": "wmrole create x --type=full-access ",
            "wmrole --region eu": "wmrole --region eu-west-1 ",
            "wmrole --org=ac": "wmrole --org=acme ",
            "wmrole show --org ac": "wmrole show --org acme ",
            "wmrole list -o j": "wmrole list -o json ",
            "wmrole list --no-i": "wmrole list --no-input ",
            # A rule of the role that was typed
            edit + "--rule nev": edit + "--rule never-the-board ",
            edit + "--remove-rule=sup": edit + "--remove-rule=support ",
            edit + "--remove-deny-rule ": edit + "--remove-deny-rule never-the-board ",
            "wmrole -q edit Migration --remove-rule not": "wmrole -q edit Migration --remove-rule not-the-ceo ",
            # Files are the shell's
            "wmrole diff ro": "wmrole diff roles.yaml ",
            "wmrole apply --plan=pl": "wmrole apply --plan=plan.json ",
            "wmrole export --dir ac": "wmrole export --dir acme-roles/",
            # Nobody is called so
            "wmrole show nobody": "wmrole show nobody",
            "wmrole create x --description ": "wmrole create x --description ",
        }.items():
            if "-o j" in typed and both_formats(home):
                continue
            terminal.becomes(typed, line)

    for name in ["roles.yaml", "plan.json"]:
        open(f"{home.path}/{name}", "w", encoding="utf-8").close()
    os.makedirs(f"{home.path}/acme-roles", exist_ok=True)
    in_terminal(shell, home, home.on_sandbox(), test)


def several_are_listed(shell, home):
    typed = "wmrole create x --allow an"
    # Bob Tanaka, frank, ivan: somewhere in each
    names = ["bob@example.com", "frank@example.com", "ivan@example.com"]

    def test(terminal):
        terminal.wait_for_names()
        terminal.clear()
        terminal.child.send(typed + "\t" * (2 if shell == "bash" else 1))
        # Below the list, bash draws the line again; fish puts in what is common to all
        line = lambda: terminal.text().split("\n")[-1 if shell == "bash" else 0]
        terminal.wait(lambda: shell == "fish" or line() == PROMPT + typed, "the line did not stay")
        terminal.wait(lambda: all(name in terminal.text() for name in names), "they are not listed")

    in_terminal(shell, home, home.on_sandbox(), test)


def a_service_over_http_cold_and_warm(shell, home):
    env = {**KEYS, "AWS_ENDPOINT_URL_WORKMAIL": home.serve(), **home.cache()}

    def test(terminal):
        terminal.comes("wmrole show Leg", LEGACY)
        terminal.becomes("wmrole show Leg", LEGACY)
        terminal.comes("wmrole access --user car", "wmrole access --user carol@example.com ")

    in_terminal(shell, home, env, test)


def a_slow_service(shell, home):
    env = {**KEYS, "AWS_ENDPOINT_URL_WORKMAIL": home.serve(latency=2000), **home.cache()}

    def test(terminal):
        # The first answer needs three calls in a row
        terminal.stays("wmrole show Leg")
        terminal.becomes("wmrole show Migration --reg", "wmrole show Migration --region ")
        terminal.comes("wmrole show Leg", LEGACY)

    in_terminal(shell, home, env, test)


def no_service(shell, home):
    env = {**KEYS, "AWS_ENDPOINT_URL_WORKMAIL": "http://127.0.0.1:1", **home.cache()}
    in_terminal(shell, home, env, lambda terminal: terminal.stays("wmrole show Leg"))


def no_credentials(shell, home):
    env = {"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_WORKMAIL": home.serve(), **home.cache()}

    def test(terminal):
        terminal.stays("wmrole show Leg")
        terminal.stays("wmrole show Leg")
        terminal.becomes("wmrole list --prof", "wmrole list --profile ")

    in_terminal(shell, home, env, test)


ASK = """#!/bin/sh
echo asked >>"$HOME/asked"
echo 'on stderr: MFA code?' >&2
(echo 'on the terminal: MFA code?' >/dev/tty) 2>/dev/null
read -r code </dev/tty || read -r code || exit 1
echo '{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s"}'
"""


def credentials_that_ask(shell, home):
    with open(f"{home.path}/ask", "w", encoding="utf-8") as script:
        script.write(ASK)
    os.chmod(f"{home.path}/ask", 0o755)
    with open(f"{home.path}/config", "w", encoding="utf-8") as config:
        config.write(f"[profile ops]\nregion = us-east-1\ncredential_process = {home.path}/ask\n")
    env = {"AWS_CONFIG_FILE": f"{home.path}/config", "AWS_ENDPOINT_URL_WORKMAIL": home.serve(), **home.cache()}

    def test(terminal):
        terminal.stays("wmrole --profile ops show Leg")
        terminal.stays("wmrole --profile ops show Leg")
        terminal.becomes("wmrole --profile o", "wmrole --profile ops ")
        terminal.wait(lambda: os.path.exists(f"{home.path}/asked"), "nobody asked for credentials")
        terminal.stays("wmrole --profile ops show Leg")

    in_terminal(shell, home, env, test)


def a_broken_cache(shell, home):
    env = home.on_sandbox()
    folder = f"{env['XDG_CACHE_HOME']}/wmrole"

    def test(terminal):
        terminal.comes("wmrole show Leg", LEGACY)
        for name in os.listdir(folder):
            if name.endswith(".names"):
                with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                    file.write("wmrole names 1\ncomplete\n\x1b[2J")
        terminal.comes("wmrole show Leg", LEGACY)
        # Nor does anything help where a folder stands in its place
        for path in [f"{folder}/{name}" for name in os.listdir(folder) if name.endswith(".names")]:
            # It may be written just now
            while not os.path.isdir(path):
                os.remove(path)
                with contextlib.suppress(FileExistsError):
                    os.mkdir(path)
        terminal.stays("wmrole show Leg")

    in_terminal(shell, home, env, test)


def a_cache_that_cannot_be_written(shell, home):
    with open(f"{home.path}/no-folder", "w", encoding="utf-8"):
        pass
    for place in [f"{home.path}/no-folder", "/proc/self"]:
        env = {"WMROLE_SANDBOX": home.state, "XDG_CACHE_HOME": place}

        def test(terminal):
            terminal.stays("wmrole show Leg")
            terminal.becomes("wmrole list --col", "wmrole list --color ")

        in_terminal(shell, home, env, test)


def no_program(shell, home):
    env = {"PATH": "/usr/bin:/bin"}
    in_terminal(shell, home, env, lambda terminal: terminal.stays("wmrole sho"))


CASES = [
    names_in_every_quoting,
    values_and_flags,
    several_are_listed,
    a_service_over_http_cold_and_warm,
    a_slow_service,
    no_service,
    no_credentials,
    credentials_that_ask,
    a_broken_cache,
    a_cache_that_cannot_be_written,
    no_program,
]


def both_formats(home):
    """Has `list` both formats that begin with j? Then two are offered."""
    out = subprocess.run(
        [f"{home.path}/bin/wmrole", "wmrole", "list", "-o", "j"],
        env={**home.env, "WMROLE_COMPLETE": "fish:1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return "junit" in out.stdout


def main():
    wmrole, *names = sys.argv[1:]
    failures = 0
    for case in CASES:
        for shell in SHELLS:
            if names and not all(name in {case.__name__, shell} for name in names):
                continue
            home = Home(wmrole)
            try:
                case(shell, home)
                print(f"ok: {shell}: {case.__name__.replace('_', ' ')}", flush=True)
            except Failed as failed:
                failures += 1
                print(f"FAILED: {shell}: {case.__name__}: {failed}", file=sys.stderr, flush=True)
            finally:
                home.close()
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main())
