//! A plan as a pull request's comment: the summary, who gains and loses access, then a fold a role.

use super::style::{Line, Sign, counted};
use super::text;
use super::text::access;
use crate::apply::report::{Outcome, Report};
use crate::config::Naming;
use crate::directory::Directory;
use crate::error;
use crate::output::sanitize;
use crate::plan::guard::Refusal;
use crate::plan::{Change, Plan};
use crate::role::RoleName;

/// What a GitHub comment takes is 65,536 characters; the rest is for what stands around it.
pub(crate) const LIMIT: usize = 60_000;

/// One organization's plan; with a report, what became of it. Of a plan that is longer than `room`
/// characters the folds go first, then those who gain and lose access; the summary and what is refused
/// stay.
pub(crate) fn plan(
    organization: &str,
    plan: &Plan,
    refused: &[Refusal],
    directory: &Directory,
    report: Option<&Report>,
    room: usize,
) -> String {
    let mut out = format!("### {}: {}\n\n", escaped(organization), escaped(&text::plan::summary(plan)));
    out += &refusals(refused);
    if plan.is_empty() {
        return out + &undeclared(plan);
    }
    out += &format!("**{}**\n\n", escaped(&access::headline(plan)));
    let people: Vec<String> = access::concerned(plan)
        .iter()
        .flat_map(|change| {
            let effects = access::effects(change, directory, Naming::Few);
            let people = effects.iter().map(ToString::to_string);
            std::iter::once(format!("# {}", change.name())).chain(people).collect::<Vec<_>>()
        })
        .map(|line| sanitize::command_data(&line))
        .collect();
    let end = undeclared(plan);
    let outcome = |n: usize| report.and_then(|report| report.changes.get(n)).map(|change| &change.outcome);
    let named: String = access::concerned(plan).iter().map(|change| names(change, directory)).collect();
    let rules = plan.changes.iter().enumerate().map(|(n, change)| fold(change, directory, outcome(n)));
    let folds = rules.fold(named, |folds, fold| folds + &fold);
    let people = fenced(&people, room.saturating_sub(out.len() + end.len() + LEFT_OUT.len()));
    let short = out.len() + people.len() + end.len();
    let folds = if short + folds.len() > room { LEFT_OUT.to_owned() } else { folds };
    out + &people + &folds + &end
}

/// So many roles are named that are left out.
const NAMED: usize = 20;

const LEFT_OUT: &str = "The rules that change are too many for a comment: see the output of the job.\n\n";

/// What forbids executing a plan.
pub(crate) fn refusals(refusals: &[Refusal]) -> String {
    let one = |Refusal { code: _, message, help, span: _ }: &Refusal| {
        format!("> **Refused:** {}<br>{}\n\n", escaped(message), escaped(help))
    };
    let mut out = String::new();
    for (n, refusal) in refusals.iter().enumerate() {
        let text = one(refusal);
        if out.len() + text.len() > LIMIT / 4 {
            out += &format!("> and {} more refusals: see the output of the job\n\n", refusals.len() - n);
            break;
        }
        out += &text;
    }
    out
}

fn undeclared(plan: &Plan) -> String {
    text::plan::undeclared(plan).map_or(String::new(), |text| format!("{}\n\n", escaped(&text)))
}

/// The declared roles that `--only` and `--exclude` leave out, if there are any.
pub(crate) fn left_out(roles: &[RoleName]) -> String {
    if roles.is_empty() {
        return String::new();
    }
    let names: Vec<_> = roles.iter().take(NAMED).map(RoleName::as_str).collect();
    let more = if roles.len() > NAMED { format!(" and {} more", roles.len() - NAMED) } else { String::new() };
    let count = counted(roles.len(), "declared role", "declared roles");
    format!("{}{more}\n\n", escaped(&format!("--only and --exclude leave out {count}: {}", names.join(", "))))
}

/// Why there is no plan.
pub(crate) fn block(title: &str, lines: &[String]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| sanitize::command_data(line)).collect();
    format!("### {}\n\n{}", escaped(title), fenced(&lines, LIMIT))
}

/// An organization that has no plan.
pub(crate) fn failed(organization: &str, error: &anyhow::Error) -> String {
    format!("### {}: failed\n\n> **Error:** {}\n\n", escaped(organization), escaped(&error::in_full(error)))
}

fn fold(change: &Change, directory: &Directory, outcome: Option<&Outcome>) -> String {
    let name = html(change.name().as_str());
    let became = match outcome {
        None => String::new(),
        Some(Outcome::Failed(failure)) => format!(": failed: {}", html(&failure.to_string())),
        Some(outcome) => format!(": {}", outcome.as_str().replace('_', " ")),
    };
    let lines: Vec<_> = text::plan::details(change, directory).iter().map(diff_line).collect();
    let details = fenced(&lines, LIMIT);
    format!("<details><summary>{} {name}{became}</summary>\n\n{details}</details>\n\n", change.verb())
}

/// Those who gain or lose access and are only counted above.
fn names(change: &Change, directory: &Directory) -> String {
    let above = access::effects(change, directory, Naming::Few);
    let all = access::effects(change, directory, Naming::All);
    let rest: Vec<_> = all.iter().filter(|effect| !above.contains(effect)).collect();
    if rest.is_empty() {
        return String::new();
    }
    let name = html(change.name().as_str());
    let lines: Vec<_> = rest.iter().map(|effect| sanitize::command_data(&effect.to_string())).collect();
    let count = counted(rest.len(), "user", "users");
    let details = fenced(&lines, LIMIT / 4);
    format!("<details><summary>access by {name}: {count} by name</summary>\n\n{details}</details>\n\n")
}

/// The line with its sign in the first column, where a diff has it.
fn diff_line(line: &Line) -> String {
    let sign = match line.sign() {
        Some(Sign::Added) => '+',
        Some(Sign::Removed) => '-',
        // What changes is `!` in a diff block; a warning has that sign in its own place
        Some(Sign::Changed) => '!',
        Some(Sign::Warning) | None => return format!(" {}", sanitize::lines(&line.plain())),
    };
    format!("{sign}{:indent$} {}", "", sanitize::lines(&line.text()), indent = line.indent())
}

/// A block of code whose fence no line of it can end, of at most about `room` characters.
pub(crate) fn fenced(lines: &[String], room: usize) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut used = 0;
    let fitting = lines.iter().take_while(|line| {
        used += line.len() + 1;
        used <= room
    });
    let mut shown: Vec<&str> = fitting.map(String::as_str).collect();
    let more = lines.len() - shown.len();
    let more = format!("# and {more} lines more: see the output of the job");
    if shown.len() < lines.len() {
        shown.push(&more);
    }
    let longest =
        shown.iter().flat_map(|line| line.split(|c| c != '`').map(str::len)).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}diff\n{}\n{fence}\n\n", shown.join("\n"))
}

/// Text in HTML, where Markdown is not read; GitHub looks for mentions, references and addresses everywhere but in code.
fn html(text: &str) -> String {
    let text = sanitize::command_data(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    format!("<code>{text}</code>")
}

/// Text that Markdown shows as it is, in one line. A word is set as code, which nothing looks into, when it has more than
/// letters, digits and the signs of a sentence, or when GitHub would link it: an address, a mention, a reference to
/// an issue. Escapes would not do: after the Markdown GitHub looks for these in the text of the page.
pub(crate) fn escaped(text: &str) -> String {
    words(&sanitize::command_data(text))
}

/// As [`escaped`], in a cell of a table: nothing else keeps a bar from being the end of the cell, in code or not.
pub(crate) fn cell(text: &str) -> String {
    words(&sanitize::command_data(text).replace('|', r"\u{7c}"))
}

fn words(text: &str) -> String {
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || ".,:;()'\"/+-?=%".contains(c);
    let lower = text.to_lowercase();
    let linked = ["://", "www.", "mailto:", "xmpp:", "gh-"].iter().any(|link| lower.contains(link));
    if text.chars().all(plain) && !linked {
        return text.to_owned();
    }
    // What ends a part of the sentence is not a part of the name
    let inner = text.trim_start_matches('(');
    let core = inner.trim_end_matches([',', ';', ':', ')']);
    let (before, after) = (&text[..text.len() - inner.len()], &inner[core.len()..]);
    if core.is_empty() {
        return text.to_owned();
    }
    let longest = core.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{before}{fence}{space}{core}{space}{fence}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::style::Tone;

    #[test]
    fn a_name_cannot_end_the_fence_or_draw() {
        let block = fenced(&["a ``` b".to_owned()], 100);
        assert!(block.starts_with("````diff\n") && block.ends_with("\n````\n\n"), "{block}");
        assert_eq!(escaped("a|b *c* <d>, (@team a@b.c)"), "`a|b` `*c*` `<d>`, (`@team` `a@b.c`)");
        assert_eq!(escaped("role a-b: 3 (50%)"), "role a-b: 3 (50%)");
        assert_eq!(escaped("a`b ``"), "`` a`b `` ``` `` ```");
        assert_eq!(cell("a|b"), "`a\\u{7c}b`");
        assert_eq!(html("<b>"), "<code>&lt;b&gt;</code>");
    }

    #[test]
    fn no_text_is_more_than_text() {
        for text in crate::testing::hostile::TEXTS {
            let table = format!("| a | b |\n| --- | --- |\n| {} | {} |\n", cell(text), cell(text));
            let summary = format!("<details><summary>create {}: done</summary>\n\n</details>\n", html(text));
            let page = format!("### {}: {}\n\n{table}\n{summary}", escaped(text), escaped(text));
            let block = block(text, &[(*text).to_owned()]);
            for page in [page, block] {
                let found = [
                    crate::testing::hostile::markdown(&page),
                    crate::testing::hostile::terminal(&page),
                    crate::testing::hostile::runner(&page),
                ];
                assert_eq!(found.concat(), [""; 0], "{page}");
            }
        }
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let lines: Vec<_> = (0..100).map(|n| format!("+ user{n:02}")).collect();
        let block = fenced(&lines, 90);
        assert!(block.contains("+ user09\n# and 90 lines more"), "{block}");
    }

    #[test]
    fn signs_stand_in_the_first_column() {
        let signed = |sign, text| diff_line(&Line::signed(sign, Tone::Plain, text).indented(4));
        assert_eq!(signed(Sign::Added, "rule a"), "+     rule a");
        assert_eq!(signed(Sign::Changed, "rule a"), "!     rule a");
        assert_eq!(signed(Sign::Warning, "rule a"), "     ! rule a");
        // A sign that begins a text is none
        assert_eq!(diff_line(&Line::of(Tone::Changed, "- a -> b").indented(4)), "     - a -> b");
    }
}
