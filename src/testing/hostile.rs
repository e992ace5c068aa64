//! Texts that attack whatever prints them, and scanners that find what got through. The scanners know nothing of
//! how the program escapes; `tests/cli/hostile.rs` uses this file too, so it names nothing of the crate.

/// Texts that a service, a file or an argument may hold.
pub(crate) const TEXTS: &[&str] = &[
    // Terminals
    "\u{1b}[2J\u{1b}[H",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\",
    "\u{1b}[1;31mred\u{1b}[0m",
    "\u{9b}31mred",
    "\u{9d}0;title\u{9c}",
    "over\rwritten",
    "back\u{8}\u{8}\u{8}\u{8}gone",
    "bell\u{7}",
    "nul\u{0}",
    "tab\tand\u{b}vertical\u{c}feed",
    "next\u{85}line\u{2028}separator\u{2029}paragraph",
    "delete\u{7f}",
    // Runners of jobs
    "::error::owned",
    "::warning file=a,line=1::owned",
    "::add-mask::e",
    "::stop-commands::pause",
    "::set-output name=a::b",
    "  ::error::behind spaces",
    "\u{a0}\u{3000}::error::behind wide spaces",
    "first\n::error::on the second line",
    "first\r::error::behind a carriage return",
    "first\r\n   ::group::behind both",
    "a very long first part that is longer than eighty columns, so that whoever folds it folds it here ::error::folded ::error::again",
    "##[error]owned",
    "in the middle ##[set-env name=a]b",
    "###[group]three",
    "##vso[task.setvariable variable=a]b",
    "a ##VSO[task.complete result=Failed]done",
    "##teamcity[buildStop comment='a']",
    "first\n##teamcity[message text='a']",
    "section_start:1:a\r\u{1b}[0K",
    // Markdown
    "![x](https://evil.example/p.png)",
    "[x](https://evil.example)",
    "[x][y]\n\n[y]: https://evil.example",
    "<https://evil.example>",
    "https://evil.example/path?a=b",
    "see http://evil.example.",
    "www.evil.example",
    "WWW.evil.example",
    "mailto:a@evil.example",
    "somebody@evil.example",
    "@octocat",
    "@org/team",
    "(@octocat)",
    "#1",
    "fixes #12",
    "GH-1",
    "gh-23",
    "org/repo#1",
    "org/repo@deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "<img src=x onerror=alert(1)>",
    "<!-- comment",
    "</summary></details><h1>big</h1>",
    "</code></pre><b>",
    "a | b || c",
    "a \\| b \\\\| c",
    "` `` ``` ````",
    "```\n# heading\n```",
    "~~~",
    "`code` **bold** _it_ ~~gone~~",
    "`unclosed @octocat",
    "&#64;octocat &lt;b&gt;",
    "\\@octocat \\#1 \\`",
    "# heading\n- list\n> quote",
    "---",
    // Spreadsheets
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "|cmd",
    "%0A",
    "\u{ff1d}1+1",
    "\u{ff0b}1",
    "\u{ff0d}1",
    "\u{ff20}SUM(A1)",
    "\u{3000}=1+1",
    "=cmd|' /C calc'!A0",
    "a,b\"c\"\nd",
    "'=1+1",
    // XML
    "]]>",
    "<![CDATA[x]]>",
    "&amp; & &bogus; &#0;",
    "\u{fffe}\u{ffff}",
    "\u{1fffe}\u{10ffff}",
    "\" onload=\"a",
    "' a='",
    "\u{1}\u{1f}",
    // What is not seen
    "admin\u{202e}nimda",
    "\u{2066}isolate\u{2069}",
    "\u{200e}\u{200f}\u{61c}",
    "ad\u{200b}min",
    "ad\u{200c}mi\u{200d}n",
    "\u{feff}admin",
    "ad\u{2060}min\u{ad}",
    "admin\u{180e}\u{34f}",
    "admin\u{fe0f}\u{e0100}",
    "admin\u{e0001}\u{e0061}\u{e007f}",
    "admin\u{3164}\u{115f}\u{ffa0}",
    "ad\u{a0}min ad\u{2009}min",
    "\u{301}begins with a mark",
    "z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}algo",
    "\u{fffd}replacement",
    // Of their own
    "literally \\u{200b}",
    "quote ' \" ` $HOME $(id) %PATH% !x! ^ & ; \\",
    "\u{2018}smart\u{2019} \u{201a}quotes\u{201b}",
    "null",
    "yes",
    "- a\n- b",
    "key: value # comment",
    "*anchor &anchor !tag",
    "日本語 е́ 👩\u{200d}💻",
];

/// Could a reader of the text not see the character, or would it do something to the terminal?
fn is_dangerous(c: char) -> bool {
    matches!(
        u32::from(c),
        0..=0x9 | 0xb..=0x1f | 0x7f..=0x9f | 0xa0 | 0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5
            | 0x180b..=0x180f | 0x2000..=0x200f | 0x2028..=0x202f | 0x205f..=0x206f | 0x3164 | 0xfe00..=0xfe0f
            | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0xfffe | 0xffff | 0x1d173..=0x1d17a | 0x1fffe | 0x1ffff
            | 0xe0000..=0xe0fff | 0x10fffe | 0x10ffff
    )
}

/// Sequences for terminals, and characters that nobody sees.
pub(crate) fn terminal(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .lines()
        .filter_map(|line| {
            let c = line.chars().find(|c| is_dangerous(*c))?;
            Some(format!("{:?} in {line:?}", c))
        })
        .collect();
    let mut marks = 0;
    for c in text.chars() {
        marks = if ('\u{300}'..='\u{36f}').contains(&c) { marks + 1 } else { 0 };
        if marks > 4 {
            found.push("a stack of marks".into());
            break;
        }
    }
    found
}

/// Commands to the runner of a job.
pub(crate) fn runner(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.split(['\n', '\r']) {
        let lower = line.to_ascii_lowercase();
        if line.trim_start().strip_prefix("::").is_some_and(|name| name.contains("::")) {
            found.push(format!("a command of a GitHub job: {line:?}"));
        }
        for prefix in ["##[", "##vso[", "##teamcity["] {
            if lower.contains(prefix) {
                found.push(format!("{prefix} in {line:?}"));
            }
        }
    }
    found
}

/// Would a spreadsheet take the cell for a formula?
pub(crate) fn formula(cell: &str) -> Vec<String> {
    let first = cell.trim_start().chars().next();
    let trigger =
        first.is_some_and(|c| "=+-@|%＝＋－＠".contains(c)) || cell.starts_with(char::is_whitespace);
    if trigger { vec![format!("a formula: {cell:?}")] } else { Vec::new() }
}

/// Characters that XML 1.0 forbids, and tags, attributes and references that do not fit together.
pub(crate) fn xml(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let allowed = |c: char| matches!(u32::from(c), 0x9 | 0xa | 0xd | 0x20..=0xd7ff | 0xe000..=0xfffd | 0x1_0000..=0x10_ffff);
    found.extend(text.chars().find(|c| !allowed(*c)).map(|c| format!("{c:?} is not allowed in XML")));
    let references = |text: &str, found: &mut Vec<String>| {
        for part in text.split('&').skip(1) {
            let name = part.split_once(';').map_or("", |(name, _)| name);
            let number = name.strip_prefix("#x").map(|hex| u32::from_str_radix(hex, 16).ok());
            let number = number.or_else(|| name.strip_prefix('#').map(|text| text.parse().ok()));
            let good = match number {
                Some(n) => n.and_then(char::from_u32).is_some_and(allowed),
                None => ["amp", "lt", "gt", "quot", "apos"].contains(&name),
            };
            if !good {
                found.push(format!("a wrong reference: &{}", part.chars().take(20).collect::<String>()));
            }
        }
    };
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some((before, behind)) = rest.split_once('<') {
        references(before, &mut found);
        if before.contains("]]>") {
            found.push("]]> in a text".into());
        }
        if behind.starts_with('!') {
            found.push("a comment or CDATA".into());
            return found;
        }
        // The end of the tag, outside of its attributes
        let mut quote = None;
        let end = behind.char_indices().find(|(_, c)| {
            match (quote, *c) {
                (None, '>') => return true,
                (None, '"' | '\'') => quote = Some(*c),
                (Some(open), c) if open == c => quote = None,
                _ => {}
            }
            false
        });
        let Some((end, _)) = end else {
            found.push("a tag without an end".into());
            return found;
        };
        let tag = &behind[..end];
        references(tag, &mut found);
        if tag.contains('<') {
            found.push(format!("< in a tag: {tag:?}"));
        }
        if tag.contains(['\n', '\r', '\t']) {
            found.push(format!("a line end in an attribute: {tag:?}"));
        }
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if tag.starts_with('/') {
            if open.pop() != Some(name) {
                found.push(format!("</{name}> closes another tag"));
            }
        } else if !tag.starts_with('?') && !tag.ends_with('/') {
            open.push(name);
        }
        rest = &behind[end + 1..];
    }
    found.extend(open.iter().map(|name| format!("<{name}> is never closed")));
    found
}

/// The text without backslashes that escape, and with entities resolved, as a page shows it.
fn shown(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek().is_some_and(char::is_ascii_punctuation) => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    for (entity, c) in
        [("&#64;", "@"), ("&#35;", "#"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
    {
        out = out.replace(entity, c);
    }
    out
}

/// The line without its spans of code, which nothing looks into.
fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let run = rest[at..].chars().take_while(|c| *c == '`').count();
        // A backslash before it makes the first of them a character
        let escaped = rest[..at].chars().rev().take_while(|c| *c == '\\').count() % 2 == 1;
        out += &rest[..at];
        let behind = &rest[at + run..];
        let mut close = None;
        let mut from = 0;
        while let Some(next) = behind[from..].find('`').map(|n| from + n) {
            let other = behind[next..].chars().take_while(|c| *c == '`').count();
            if other == run {
                close = Some(next + other);
                break;
            }
            from = next + other;
        }
        match close {
            Some(end) if !escaped => {
                out.push('\u{1}');
                rest = &behind[end..];
            }
            _ => {
                out += &"`".repeat(run);
                rest = behind;
            }
        }
    }
    out += rest;
    while let (Some(from), Some(to)) = (out.find("<code>"), out.find("</code>")) {
        if to < from {
            break;
        }
        out.replace_range(from..to + "</code>".len(), "\u{1}");
    }
    out
}

/// Links, images, mentions, references, HTML and broken tables in Markdown, as GitHub reads it. Tags that the
/// program itself writes are known.
pub(crate) fn markdown(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fence: Option<usize> = None;
    let mut columns: Option<usize> = None;
    for line in text.lines() {
        let ticks = line.chars().take_while(|c| *c == '`').count();
        match fence {
            Some(n) => {
                if ticks >= n && line[ticks..].trim().is_empty() {
                    fence = None;
                }
                continue;
            }
            None if ticks >= 3 && !line[ticks..].contains('`') => {
                if line[ticks..].trim() != "diff" {
                    found.push(format!("a fence of somebody else: {line:?}"));
                }
                fence = Some(ticks);
                continue;
            }
            None => {}
        }
        let plain = without_code(line);
        let lower = shown(&plain).to_lowercase();
        let mut say = |what: &str| found.push(format!("{what} in {line:?}"));
        for pattern in ["://", "www.", "mailto:", "xmpp:"] {
            if lower.contains(pattern) {
                say("an address");
            }
        }
        let chars: Vec<char> = lower.chars().collect();
        let at = |n: usize| chars.get(n).copied().unwrap_or(' ');
        for n in 0..chars.len() {
            let before = if n == 0 { ' ' } else { at(n - 1) };
            match at(n) {
                '@' if at(n + 1).is_alphanumeric() => say("a mention or an email address"),
                '#' if at(n + 1).is_ascii_digit() => say("a reference to an issue"),
                'g' if !before.is_alphanumeric()
                    && at(n + 1) == 'h'
                    && at(n + 2) == '-'
                    && at(n + 3).is_ascii_digit() =>
                {
                    say("a reference to an issue");
                }
                _ => {}
            }
        }
        // Unescaped syntax
        let raw: Vec<char> = plain.chars().collect();
        let unescaped = |n: usize| raw[..n].iter().rev().take_while(|c| **c == '\\').count() % 2 == 0;
        for n in 0..raw.len() {
            let next = raw.get(n + 1).copied().unwrap_or(' ');
            match raw[n] {
                ']' if unescaped(n) && matches!(next, '(' | '[' | ':') => say("a link"),
                '[' if unescaped(n) => say("a bracket"),
                '<' if unescaped(n) && (next.is_alphabetic() || "/!?".contains(next)) => {
                    let tag: String = raw[n..].iter().take_while(|c| **c != '>').collect();
                    let ours = ["<details", "</details", "<summary", "</summary", "<br", "<code", "</code"];
                    if !ours.contains(&tag.as_str()) {
                        say("a tag");
                    }
                }
                _ => {}
            }
        }
        if lower.matches("<details>").count() > 1 {
            say("two folds");
        }
        // GitHub splits the cells before it looks for code
        if line.starts_with('|') {
            let raw: Vec<char> = line.chars().collect();
            let escaped = |n: usize| n > 0 && raw[n - 1] == '\\';
            let pipes = (0..raw.len()).filter(|n| raw[*n] == '|' && !escaped(*n)).count();
            if columns.is_some_and(|columns| columns != pipes) || line.contains("\\\\|") {
                say("a broken row");
            }
            columns = Some(pipes);
        } else {
            columns = None;
        }
    }
    if fence.is_some() {
        found.push("a fence without an end".into());
    }
    found
}
