"""The scripts of `export --target exchange-online` are PowerShell, and call nothing but what they are meant to.

They are read with the grammar tree-sitter-powershell, which is no more than a grammar: it is not PowerShell's own parser,
and takes the curly quotes for letters, so the scripts must be ASCII. Where `pwsh` is on the PATH its parser reads them
too, and the last lines say which was used. Nothing runs them here.

Usage: tests/exchange_online.py WMROLE
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import tree_sitter
import tree_sitter_powershell

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
GOLDEN = pathlib.Path(__file__).parent / "exchange_online"
# What a script may call: its own functions, what reads, and what changes
CALLS = {
    "ForEach-Object", "Get-Address", "Get-Filter", "Get-ManagementRoleAssignment", "Get-ManagementScope",
    "Get-Recipient", "Get-ServicePrincipal", "New-ManagementRoleAssignment", "New-ManagementScope",
    "New-ServicePrincipal", "Out-Null", "Set-ManagementScope", "Set-StrictMode", "Test-ServicePrincipalAuthorization",
    "Where-Object", "Write-Warning",
}
passed = 0


def ok(what):
    global passed
    passed += 1
    print(f"ok: {what}")


def parse(text):
    return PARSER.parse(text.encode()).root_node


def nodes(node):
    yield node
    for child in node.children:
        yield from nodes(child)


def commands(root):
    for node in nodes(root):
        if node.type == "command":
            name = node.child_by_field_name("command_name")
            yield name.text.decode(), node.text.decode()


def unquoted(root):
    """What the strings in single quotes hold."""
    for node in nodes(root):
        if node.type == "verbatim_string_characters":
            text = node.text.decode()
            assert text[0] == text[-1] == "'", text
            yield text[1:-1].replace("''", "'")


scripts = {path.stem: path.read_text(encoding="ascii") for path in sorted(GOLDEN.glob("*.ps1"))}
assert len(scripts) >= 10, sorted(scripts)
with tempfile.TemporaryDirectory() as home:
    environment = {"HOME": home, "PATH": os.environ["PATH"], "WMROLE_SANDBOX": f"{home}/demo.json"}
    program = os.path.abspath(sys.argv[1])

    def export(*arguments):
        command = [program, "export", "--target", "exchange-online", "--quiet", *arguments]
        return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout.decode("ascii")

    scripts["demo"] = export()
    scripts["one of demo"] = export("Ticket triage")

for name, text in scripts.items():
    wrong = [node for node in nodes(parse(text)) if node.type == "ERROR" or node.is_missing]
    assert not wrong, f"{name}: line {wrong[0].start_point[0] + 1}: {wrong[0].text.decode()!r}"
ok(f"{len(scripts)} scripts are PowerShell by the grammar")

# A grammar that takes anything would prove nothing
for name, text in scripts.items():
    lines = text.splitlines(keepends=True)
    code = [n for n, line in enumerate(lines) if not line.lstrip().startswith("#")]
    for sign in "'{}(":
        line = next(n for n in code if sign in lines[n])
        broken = lines[:line] + [lines[line].replace(sign, "", 1)] + lines[line + 1:]
        assert parse("".join(broken)).has_error, f"{name} without a {sign} in line {line + 1}"
    assert parse(text.replace("Name = 'wmrole", "Name = 'wm'role", 1)).has_error or "Name = " not in text, name
ok("a script with a quote, a brace or a parenthesis too few or too many is not")

whole = [name for name, text in scripts.items() if text.startswith("#Requires")]
assert {"whole", "hostile_names", "demo", "one of demo"} <= set(whole), whole
for name, text in scripts.items():
    called = {command for command, _ in commands(parse(text))}
    assert called <= CALLS, f"{name} calls {called - CALLS}"
    if name not in whole:
        assert not called, f"{name} calls {called}"
for name in whole:
    assigned = [text for command, text in commands(parse(scripts[name])) if command == "New-ManagementRoleAssignment"]
    assert len(assigned) == 1 and "-CustomResourceScope $scope.Name" in assigned[0], assigned
    changing = [command for command, _ in commands(parse(scripts[name])) if command.split("-")[0] in ("New", "Set", "Remove")]
    changing = sorted(set(changing) - {"Set-StrictMode"})
    assert changing == ["New-ManagementRoleAssignment", "New-ManagementScope", "New-ServicePrincipal", "Set-ManagementScope"]
ok("names call nothing, and no role is assigned without a scope")

strings = set(unquoted(parse(scripts["left_out"])))
assert {"alice@example.com", "o'brien@example.com"} <= strings, strings
assert not any("Remove-Mailbox" in one or "*" in one for one in strings), strings
ok("an address is what it was, and one that a filter would read otherwise is not there")

pwsh = shutil.which("pwsh")
if pwsh:
    with tempfile.TemporaryDirectory() as directory:
        for n, (name, text) in enumerate(scripts.items()):
            path = pathlib.Path(directory) / f"{n}.ps1"
            path.write_text(text, encoding="ascii")
            check = (
                "$errors = $null; [void][System.Management.Automation.Language.Parser]::ParseFile("
                f"'{path}', [ref]$null, [ref]$errors); $errors; exit $errors.Count"
            )
            subprocess.run([pwsh, "-NoProfile", "-NonInteractive", "-Command", check], check=True)
    ok("the parser of pwsh takes them too")
print(f"read with tree-sitter-powershell{' and pwsh' if pwsh else '; there is no pwsh on the PATH'}")
print(f"{passed} passed, 0 failed")
