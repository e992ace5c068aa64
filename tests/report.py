"""The page of `wmrole report` in a real Chromium: it asks for nothing, fits, filters, prints, and names that attack it do nothing.

Usage: tests/report.py WMROLE [DIRECTORY for screenshots]
"""

import base64
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

# Seconds of the whole, and of one page
LIMIT, LIMIT_OF_A_PAGE = 540, 60
WIDTHS = (400, 1600)
SCHEMES = ("light", "dark")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-dev-shm-usage"
).split()
SIZE = 2_000_000
TIME = "2026-01-06T09:00:00Z"
# HTML, SVG, attributes, CSS and script, which any name of the service may be
ATTACKS = [
    "<script>document.title='owned'</script>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(2)</script>",
    "</title><img src=x onerror=alert(3)>",
    "\"><img src=x onerror=\"alert(4)\">",
    "' onmouseover='alert(5)' a='",
    "\" autofocus onfocus=\"alert(6)",
    "<svg onload=alert(7)>",
    "</svg><iframe src=javascript:alert(8)></iframe>",
    "</desc></text><foreignObject><body onload=alert(9)>",
    "javascript:alert(10)",
    "<a href=\"https://evil.example/\">click</a>",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example/\">",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example/><input name=a></form>",
    "<link rel=stylesheet href=https://evil.example/a.css>",
    "<style>*{background:url(https://evil.example/a)}</style>",
    "}*{background:url(https://evil.example/b)}",
    "<!-- never closed",
    "]]><![CDATA[<b>",
    "&lt;b&gt; &#x3c;b> &amp;",
    "<template><b>a</b></template>",
    "{{ 7*7 }} ${7*7} {% if 1 %}",
    "`code` <b>bold</b> `<i>`",
    "admin\u202enimda\u2066 ad\u200bmin",
    "line\nbreak\rand\ttab",
    "x" * 300,
    "日本語 е́ 👩\u200d💻",
]


def check(good, what):
    if not good:
        sys.exit(f"FAILED: {what}")
    print(f"ok: {what}")


def user_id(n):
    return f"10000009-0000-4000-8000-{n:012}"


def user(n, name, email):
    return {
        "id": user_id(n), "name": name, "display_name": f"Person {name}", "email": email, "role": "USER",
        "state": "ENABLED", "enabled": TIME,
    }  # fmt: skip


def group(n, name, members):
    return {
        "id": f"20000009-0000-4000-8000-{n:012}", "name": name, "email": name, "state": "ENABLED", "enabled": TIME,
        "members": [{"user": user_id(member)} for member in members],
    }  # fmt: skip


def role_id(n):
    return f"30000009-0000-4000-8000-{n:012}"


def role(n, name, kind, rules, description):
    return {
        "id": role_id(n), "name": name, "type": kind, "description": description,
        "created": TIME, "modified": TIME, "rules": rules,
    }  # fmt: skip


def rule(name, users=None, effect="ALLOW"):
    targets = {} if users is None else {"target_users": [user_id(n) for n in users]}
    return {"id": name, "name": name, "description": name, "effect": effect, **targets}


def opens(mailbox, grantee):
    return {"mailbox": user_id(mailbox), "grantee": grantee, "values": ["FULL_ACCESS"]}


def large(organization):
    """20 roles and 1,000 users, some of whom open mailboxes of others."""
    organization["users"] = [user(n, f"user{n:04}", f"user{n:04}@mail.example.com") for n in range(1000)]
    organization["groups"] = [group(1, "assistants@mail.example.com", range(40))]
    members = {"group": organization["groups"][0]["id"]}
    organization["mailbox_permissions"] = [opens(900 + n, members) for n in range(40)]
    organization["mailbox_permissions"] += [opens(950, {"user": user_id(900)}), opens(951, {"user": user_id(950)})]
    roles = []
    for n in range(20):
        rules = [rule(f"team {r}", [n * 30 + r * 10 + k for k in range(10)]) for r in range(5)]
        if n % 7 == 3:
            rules = [rule("all"), rule("never the board", range(990, 1000), "DENY")]
        kind = "FULL_ACCESS" if n % 3 == 0 else "READ_ONLY"
        roles.append(role(n, f"Migration to the new provider, wave {n:02}", kind, rules, "Copies mailboxes"))
    organization["roles"] = roles


def hostile(organization):
    """Each attack as the name of a user, a group, a role and a rule, and in a chain from one to the next."""
    every = list(enumerate(ATTACKS))
    organization["users"] = [user(n, text, text) for n, text in every]
    organization["groups"] = [group(n, text, [n]) for n, text in every]
    organization["roles"] = [role(n, text, "FULL_ACCESS", [rule(text, [n])], text) for n, text in every]
    last = len(ATTACKS) - 1
    organization["mailbox_permissions"] = [
        opens(n + 1, {"group": organization["groups"][n]["id"]}) for n in range(last)
    ]
    organization["access_control_rules"] = [
        {
            "name": text, "description": text, "effect": "DENY", "created": TIME, "modified": TIME,
            "role_ids": [f"gone{text}"],
        }  # fmt: skip
        for text in ATTACKS
    ]


def recorded(state):
    """Each attack as who assumed the role that has it as its name, and with what."""
    every = state.with_name(f"{state.name}.events")
    record = json.loads(every.read_text("utf-8").splitlines()[-1])
    for n, text in enumerate(ATTACKS):
        record |= {
            "eventID": f"attack-{n}", "eventName": "AssumeImpersonationRole",
            "requestParameters": {"impersonationRoleId": role_id(n)},
            "userIdentity": {"type": "AssumedRole", "arn": text}, "userAgent": text, "sourceIPAddress": text,
        }  # fmt: skip
        with every.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")


def written(wmrole, directory, name, change=None, *arguments):
    """The report of an organization, as a file. Two roles of the demo organization are used before."""
    state, page = directory / f"{name}.json", directory / f"{name}.html"

    def run(*command):
        subprocess.run(
            [wmrole, "--sandbox", state, *command], check=True, timeout=LIMIT_OF_A_PAGE, cwd=directory,
            stdout=subprocess.DEVNULL, env={"HOME": str(directory), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip

    run("list", "--quiet")
    if change:
        kept = json.loads(state.read_text("utf-8"))
        organization = kept["organizations"][0]
        organization.update(resources=[], messages=[], access_control_rules=[])
        change(organization)
        state.write_text(json.dumps(kept), "utf-8")
    else:
        run("assume", "Migration", "--quiet", "--", "true")
        run("edit", "Ticket triage", "--allow", "frank@example.com", "--yes", "--quiet")
    if change is hostile:
        run("list", "--quiet")
        recorded(state)
    run("report", "--quiet", page, *arguments)
    return page


class Browser:
    def __init__(self, directory):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in (*FLAGS, f"--user-data-dir={directory}/chromium"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        # The test sees a dialog, and does not close it unseen
        options.set_capability("unhandledPromptBehavior", "ignore")
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.set_page_load_timeout(LIMIT_OF_A_PAGE)
        self.driver.set_script_timeout(LIMIT_OF_A_PAGE)

    def cdp(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def look(self, width, scheme):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, page):
        """Opens a file, and gives what it asked for and was not refused, and what the console has to say."""
        for kind in ("performance", "browser"):
            self.driver.get_log(kind)
        self.driver.get(page.as_uri())
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked, refused = {}, set()
        for method, parameters in ((one["method"], one["params"]) for one in messages):
            if method == "Network.requestWillBeSent":
                asked[parameters["requestId"]] = parameters["request"]["url"]
            elif method == "Network.loadingFailed" and parameters.get("blockedReason") == "csp":
                refused.add(parameters["requestId"])
        asked = [url for request, url in asked.items() if request not in refused]
        return asked, [entry["message"] for entry in self.driver.get_log("browser")]

    def screenshot(self, path, top=0, bottom=6000):
        bottom = min(self.run("return document.documentElement.scrollHeight"), bottom)
        width = self.run("return innerWidth")
        clip = {"x": 0, "y": top, "width": width, "height": bottom - top, "scale": 1}
        taken = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(taken["data"]))

    def shown(self):
        """The addresses in the rows of the matrix that are seen."""
        return self.run(
            "return [...document.querySelectorAll('#matrix tbody:last-of-type tr')]"
            ".filter(row => row.offsetParent).map(row => row.cells[0].childNodes[0].data.trim())"
        )

    def count(self):
        return self.run("return document.getElementById('filter-count').textContent")

    def choose(self, text, role=""):
        self.run(
            "const [text, role] = ['filter-text', 'filter-role'].map(id => document.getElementById(id));"
            "text.value = arguments[0]; role.value = arguments[1];"
            "text.dispatchEvent(new Event('input', {bubbles: true}))",
            text,
            role,
        )


# Every text against what is behind it, as WCAG 2 has it: the least contrast, and of what
CONTRAST = """
const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
const behind = element => {
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
let least = [99, ""];
for (const element of document.querySelectorAll("body *:not(svg *):not(script):not(option)")) {
  if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
  const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < least[0]) least = [ratio, element.outerHTML.slice(0, 100)];
}
return least;
"""

# What a program that reads the page aloud goes by
STRUCTURE = """
const all = query => [...document.querySelectorAll(query)];
const wrong = [];
const say = (bad, what) => bad.forEach(element => wrong.push(what + ": " + element.outerHTML.slice(0, 80)));
let level = 0;
for (const heading of all("h1, h2, h3, h4")) {
  const next = Number(heading.tagName[1]);
  if (next > level + 1) wrong.push("a level left out: " + heading.textContent);
  level = next;
}
if (all("h1").length !== 1) wrong.push("not one h1");
for (const landmark of ["header", "nav[aria-label]", "main", "footer"])
  if (all(landmark).length !== 1) wrong.push("not one " + landmark);
say(all("table").filter(table => !table.caption || !table.tHead), "a table without caption or head");
say(all("th").filter(cell => !["col", "row"].includes(cell.scope)), "a head without scope");
say(all("input, select").filter(field => !field.labels.length), "a field without label");
say(all("svg").filter(svg => svg.getAttribute("role") !== "img" || !svg.querySelector("title").textContent
  || !svg.querySelector("desc").textContent), "a drawing without text");
say(all("[aria-labelledby]").filter(element => element.getAttribute("aria-labelledby").split(" ")
  .some(id => !document.getElementById(id))), "a label that is not there");
say(all("a").filter(link => !link.getAttribute("href").startsWith("#")
  || !document.getElementById(link.getAttribute("href").slice(1))), "a link to nowhere, or out of the page");
if (!document.documentElement.lang) wrong.push("no language");
const ids = all("[id]").map(element => element.id);
if (new Set(ids).size !== ids.length) wrong.push("an id twice");
return wrong;
"""

# Tags that the page itself has
TAGS = set(
    "html head meta title style body header h1 h2 h3 dl div dt dd code p nav ul li a main section article table caption"
    " thead tbody tr th td strong b span em form label input select option ol br figure figcaption svg desc path g rect"
    " text footer script".split()
)


def fits_and_asks_for_nothing(browser, name, page, shots):
    for width in WIDTHS:
        for scheme in SCHEMES:
            what = f"{name} at {width} pixels, {scheme}"
            browser.look(width, scheme)
            asked, said = browser.open(page)
            check(asked == [page.as_uri()], f"{what}: nothing is requested {asked[1:]}")
            check(said == [], f"{what}: the console is empty {said}")
            wide = browser.run("return [document.scrollingElement.scrollWidth, innerWidth]")
            check(wide[0] <= wide[1], f"{what}: nothing overflows {wide}")
            least, of = browser.run(CONTRAST)
            check(least >= 4.5, f"{what}: contrast is at least 4.5, {least:.2f} in {of}")
            if shots:
                browser.screenshot(shots / f"{name}-{width}-{scheme}.png")
    wrong = browser.run(STRUCTURE)
    check(wrong == [], f"{name}: headings, landmarks, tables, labels and links {wrong[:3]}")
    dark, light = [], []
    for scheme, seen in (("dark", dark), ("light", light)):
        browser.look(1600, scheme)
        seen += re.findall(r"\d+", browser.run("return getComputedStyle(document.documentElement).backgroundColor"))
    check(int(dark[0]) < 60 and int(light[0]) > 200, f"{name}: dark where that is preferred")


def picture(browser, page, path):
    """The one of the README: the matrix, and the first findings."""
    browser.look(1000, "light")
    browser.open(page)
    top = browser.run("return document.getElementById('access').getBoundingClientRect().top + scrollY")
    bottom = browser.run("return document.querySelector('.findings > li:nth-child(2)').getBoundingClientRect().bottom + scrollY")
    browser.screenshot(path, top - 16, bottom + 8)


def prints(browser, name, page, expected, shots):
    """A filter that is set leaves out nothing on paper, and the head of the matrix stands on each of its sheets."""
    browser.open(page)
    browser.choose("nobody is called so")
    printed = base64.b64decode(browser.cdp("Page.printToPDF", preferCSSPageSize=True)["data"])
    file = (shots or page.parent) / f"{name}.pdf"
    file.write_bytes(printed)
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], check=True, timeout=LIMIT_OF_A_PAGE, capture_output=True, text=True
    ).stdout
    missing = [mailbox for mailbox in expected if mailbox not in text]
    check(missing == [], f"{name}: every mailbox is on paper {missing[:3]}")
    check("name or address" not in text and "Reached by" not in text, f"{name}: the filter is not on paper")
    row, head = re.compile(r"^\s*\S+@\S+.*\b(full|read)$", re.MULTILINE), re.compile(r"\bMailbox\b(?! by)")
    sheets = [sheet for sheet in text.split("\f") if len(row.findall(sheet)) > 2]
    check(sheets and all(head.search(sheet) for sheet in sheets), f"{name}: {len(sheets)} sheets have the head of the matrix")


def fits_on_paper(shots, directory):
    """The last of 20 columns is on the sheet: a mailbox that three open roles reach."""
    file = (shots or directory) / "large.pdf"
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], check=True, timeout=LIMIT_OF_A_PAGE, capture_output=True, text=True
    ).stdout
    cells = [line.split()[-3:] for line in text.splitlines() if line.strip().startswith("user0700@mail.example.com ")]
    check(cells == [["full", "read", "read"]], f"all columns are on paper {cells}")
    box = subprocess.run(
        ["pdftotext", "-bbox", file, "-"], check=True, timeout=LIMIT_OF_A_PAGE, capture_output=True, text=True
    ).stdout
    wide, far = 0.0, []
    for line in box.splitlines():
        if found := re.search(r'<page width="([\d.]+)"', line):
            wide = float(found[1])
        elif found := re.search(r'xMax="([\d.]+)".*>(.*)</word>', line):
            far += [found[2]] if float(found[1]) > wide else []
    check(far == [], f"no word is off the sheet {far[:3]}")


def filters(browser, page):
    browser.look(1600, "light")
    browser.open(page)
    everybody = browser.shown()
    check(len(everybody) == 1000 and browser.count() == "1000 of 1000 mailboxes", "all are shown at first")
    browser.choose("user004")
    check(browser.shown() == [f"user004{n}@mail.example.com" for n in range(10)], "a part of an address filters")
    check(browser.count() == "10 of 1000 mailboxes", "how many are shown is said")
    browser.choose("PERSON nobody")
    check(browser.shown() == [], "words that nobody has show nobody")
    browser.choose("PERSON User0041")
    check(browser.shown() == ["user0041@mail.example.com"], "words in any case filter, of the display name too")
    browser.choose("", "1")
    check(browser.shown() == everybody[:50], "a role filters to whom it reaches")
    browser.choose("", "4")
    check(browser.shown() == everybody[:990], "also an open one")
    browser.choose("", "any")
    check(len(browser.shown()) == 990, "any role filters out who is reached by none")
    browser.choose("")
    # By keyboard alone
    browser.run("document.activeElement.blur()")
    body, at = browser.driver.find_element("tag name", "body"), ""
    body.send_keys(Keys.TAB)
    for _ in range(200):
        at = browser.run("return document.activeElement.id")
        if at == "filter-text":
            break
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
    check(at == "filter-text", "the keyboard gets to the filter")
    browser.driver.switch_to.active_element.send_keys("user0999", Keys.ENTER)
    check(browser.shown() == ["user0999@mail.example.com"], "typing filters, and Enter sends nothing")
    check(browser.run("return location.href") == page.as_uri(), "the page is still there")


def whole_without_script(browser, page):
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page)
    filter_seen = browser.driver.find_element("id", "filter").is_displayed()
    rows = browser.driver.find_elements("css selector", "#matrix tbody:last-of-type tr")
    shown = sum(row.is_displayed() for row in (rows[0], rows[500], rows[-1]))
    browser.cdp("Emulation.setScriptExecutionDisabled", value=False)
    check(not filter_seen and len(rows) == 1000 and shown == 3, "without script the whole matrix is shown")


def does_nothing(browser, page):
    tags = set(browser.run("return [...document.querySelectorAll('*')].map(e => e.localName)"))
    check(tags <= TAGS, f"no element was injected {tags - TAGS}")
    for tag, number in (("script", 1), ("style", 1), ("form", 1), ("input", 1), ("meta", 5)):
        found = browser.run("return document.querySelectorAll(arguments[0]).length", tag)
        check(found == number, f"{found} of <{tag}>")
    handlers = browser.run(
        "return [...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
        ".filter(name => name.startsWith('on') || ['style', 'src', 'autofocus', 'action'].includes(name))"
    )
    check(handlers == [], f"no attribute was injected {handlers}")
    title = browser.run("return document.title")
    check("acme" in title, f"the title is ours: {title}")
    names = browser.run("return [...document.querySelectorAll('article h3')].map(e => e.firstChild.data.trim())")
    for text in filter(str.isprintable, ATTACKS):
        check(text in names, f"the name is there as it is: {text[:40]!r}")
    used = browser.run("return [...document.querySelectorAll('article dd')].map(e => e.textContent)")
    for text in filter(str.isprintable, ATTACKS):
        check(any(text in line for line in used), f"who used the role is there as it is: {text[:40]!r}")
    hidden = browser.run("return /[\\u202a-\\u202e\\u2066-\\u2069\\u200b]/.test(document.body.textContent)")
    check(not hidden, "no character is hidden")
    # Everything that could be touched
    browser.run(
        "for (const e of document.querySelectorAll('*')) for (const name of ['mouseover', 'focus', 'load', 'error'])"
        "e.dispatchEvent(new Event(name))"
    )
    check(browser.run("return document.title") == title, "nothing runs when it is touched")


def policy_holds(browser, page, directory):
    """What gets into a page by a mistake is not run: the same page with what an attack would want."""
    html = page.read_text("utf-8")
    attack = (
        "<script>document.title = 'owned'</script><img src='https://evil.example/a.png' onerror=\"document.title='owned'\">"
        "<style>html{background:url(https://evil.example/b)}</style><base href='https://evil.example/'>"
        "<iframe src='https://evil.example/c'></iframe><p id=styled style='position:fixed'>"
    )
    changed = directory / "changed.html"
    changed.write_text(html.replace("<main>", attack + "<main>"), "utf-8")
    asked, said = browser.open(changed)
    # What is drawn in place of a frame that is refused is Chromium's own
    asked = [url for url in asked if not url.startswith("data:")]
    check(asked == [changed.as_uri()], f"the policy lets nothing be requested {asked[1:]}")
    check(browser.run("return document.baseURI") == changed.as_uri(), "nor links lead elsewhere")
    check(sum("Content Security Policy" in line for line in said) >= 4, "the policy refuses each attack")
    check("owned" not in browser.run("return document.title"), "the policy lets no script run")
    style = browser.run("return getComputedStyle(document.getElementById('styled')).position")
    check(style == "static", "nor a style apply")
    check(browser.run("return !document.getElementById('filter').hidden"), "the script of the page runs all the same")


def main(wmrole, shots=None):
    signal.alarm(LIMIT)
    wmrole, shots = pathlib.Path(wmrole).absolute(), shots and pathlib.Path(shots).absolute()
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        pages = {
            "demo": written(wmrole, directory, "demo"),
            "large": written(wmrole, directory, "large", large),
            "hostile": written(wmrole, directory, "hostile", hostile),
        }
        size = pages["large"].stat().st_size
        check(size < SIZE, f"the page of 20 roles and 1,000 users is small: {size} bytes")
        browser = Browser(directory)
        try:
            for name, page in pages.items():
                fits_and_asks_for_nothing(browser, name, page, shots)
                if name == "hostile":
                    does_nothing(browser, page)
            if shots:
                picture(browser, pages["demo"], shots / "report.png")
            filters(browser, pages["large"])
            prints(browser, "demo", pages["demo"], [f"{name}@example.com" for name in ("alice", "judy", "ceo")], shots)
            everybody = [f"user{n:04}@mail.example.com" for n in range(1000)]
            prints(browser, "large", pages["large"], everybody, shots)
            fits_on_paper(shots, directory)
            whole_without_script(browser, pages["large"])
            policy_holds(browser, pages["demo"], directory)
        finally:
            browser.driver.quit()
    print("the report is as it should be")


if __name__ == "__main__":
    main(*sys.argv[1:])
