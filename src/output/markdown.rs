//! A plan as a pull request's comment: the summary, who gains and loses access, then a fold a role.

use std::borrow::Cow;

use super::comment::{self, LIMIT, Piece, Weight, What};
use super::style::{Line, Sign, counted};
use super::text;
use super::text::access;
use crate::access::Delta;
use crate::apply::report::{Outcome, Report};
use crate::config::Naming;
use crate::directory::Directory;
use crate::error;
use crate::output::sanitize;
use crate::plan::guard::Refusal;
use crate::plan::set::{OrganizationPlan, PlanPart, PlanSet};
use crate::plan::{Change, Plan};
use crate::role::RoleName;
use crate::sorted;

/// So many organizations have a section of their own where not all fit; of the others there is a line.
const SECTIONS: usize = 20;
/// So many characters of a text of any length stand in the frame, which is never cut, and so many of a name.
const FRAMED: usize = 300;
const NAME: usize = 80;

const REFUSALS: What = ("", "refusal", "refusals");
const ERRORS: What = ("", "error", "errors");
const ACCESS: What = ("who gains and loses access by ", "role", "roles");
const ACCESS_OF_EVERYONE: What =
    ("who gains access by ", "role that reaches everyone", "roles that reach everyone");
const RULES: What = ("the rules of ", "role", "roles");
const NAMES: What = ("the names of those who gain and lose access by ", "role", "roles");
/// So many roles are named that are left out.
const NAMED: usize = 20;
const LEFT_OUT: What =
    ("the names of the roles that --only and --exclude leave out in ", "organization", "organizations");
const UNDECLARED: What = ("the undeclared roles of ", "organization", "organizations");
const ORGANIZATIONS: What = ("", "organization", "organizations");

/// The plans of one or more organizations, and with reports what became of them. What is too long for a comment is cut
/// at a role; `whole` says where all of it is.
pub(crate) fn plans(set: &PlanSet, reports: &[Option<Report>], whole: &str) -> String {
    let pieces = sections(set, reports, usize::MAX);
    let pieces = if comment::fits(&pieces) { pieces } else { sections(set, reports, SECTIONS) };
    comment::fitted(&pieces, whole)
}

fn sections(set: &PlanSet, reports: &[Option<Report>], most: usize) -> Vec<Piece> {
    let mut order: Vec<usize> = (0..set.parts.len()).collect();
    sorted::by_key(&mut order, |n| weight_of_part(&set.parts[*n]));
    let whole = sorted::set(order.into_iter().take(most));
    let mut pieces = Vec::new();
    for (n, part) in set.parts.iter().enumerate() {
        match whole.contains(&n) {
            true => section(&mut pieces, part, reports.get(n).and_then(Option::as_ref)),
            false => pieces.push(line(part)),
        }
    }
    pieces.extend(set.refusals.iter().map(refusal));
    pieces
}

fn weight_of_part(part: &PlanPart) -> Weight {
    let Ok(OrganizationPlan { plan, refusals, .. }) = &part.outcome else { return Weight::Refusal };
    let of_changes = plan.changes.iter().map(weight).min().unwrap_or(Weight::Names);
    if refusals.is_empty() { of_changes } else { Weight::Refusal }
}

/// What a change matters by who gains.
fn weight(change: &Change) -> Weight {
    match () {
        () if access::gives_everyone(change) => Weight::Everyone,
        () if access::gives(change) => Weight::Gain,
        () => Weight::Loss,
    }
}

/// One organization in a line.
fn line(part: &PlanPart) -> Piece {
    let text = match &part.outcome {
        Ok(OrganizationPlan { plan, refusals, .. }) => {
            let refused = match refusals.len() {
                0 => String::new(),
                n => format!("; refused ({})", counted(n, "refusal", "refusals")),
            };
            format!("{}; {}{refused}", text::plan::summary(plan), access::short_headline(plan))
        }
        Err(error) => format!("failed: {}", error::in_full(error)),
    };
    let text = format!("- {}: {}\n\n", framed(&part.name, NAME), framed(&text, FRAMED));
    Piece::new(weight_of_part(part), ORGANIZATIONS, text, String::new())
}

/// One organization: the sum, what forbids it, who gains and loses access, then a fold a role.
fn section(pieces: &mut Vec<Piece>, part: &PlanPart, report: Option<&Report>) {
    let name = framed(&part.name, NAME);
    let OrganizationPlan { plan, directory, refusals, left_out: out, .. } = match &part.outcome {
        Ok(one) => one,
        Err(error) => {
            pieces.push(Piece::frame(format!("### {name}: failed\n\n")));
            let error = error::in_full(error);
            let [full, short] =
                [escaped(&error), framed(&error, FRAMED)].map(|error| format!("> **Error:** {error}\n\n"));
            return pieces.push(Piece::new(Weight::Refusal, ERRORS, full, short));
        }
    };
    pieces.push(Piece::frame(format!("### {name}: {}\n\n", escaped(&text::plan::summary(plan)))));
    pieces.extend(refusals.iter().map(refusal));
    if !plan.is_empty() {
        let named = escaped(&access::headline(plan));
        let is_long = named.len() > 2 * FRAMED;
        let headline = if is_long { escaped(&access::short_headline(plan)) } else { named };
        pieces.push(Piece::frame(format!("**{headline}**\n\n")));
        overview(pieces, plan, directory);
        pieces.extend(access::concerned(plan).into_iter().filter_map(|change| names(change, directory)));
        let outcome =
            |n: usize| report.and_then(|report| report.changes.get(n)).map(|change| &change.outcome);
        pieces.extend(plan.changes.iter().enumerate().map(|(n, change)| fold(change, directory, outcome(n))));
    }
    pieces.extend(left_out(out));
    pieces.extend(text::plan::undeclared(plan).map(|text| {
        let count = counted(plan.undeclared.len(), "live role is", "live roles are");
        let [full, short] = [text, format!("{count} not declared, and left alone")];
        let [full, short] = [full, short].map(|text| format!("{}\n\n", escaped(&text)));
        Piece::new(Weight::Names, UNDECLARED, full, short)
    }));
}

/// Who gains and loses access, a piece a role, in one block of code.
fn overview(pieces: &mut Vec<Piece>, plan: &Plan, directory: &Directory) {
    let concerned = access::concerned(plan);
    if concerned.is_empty() {
        return;
    }
    let block = |lines: &[String]| lines.iter().map(|line| in_fence(line) + "\n").collect::<String>();
    let mut roles = Vec::new();
    for change in concerned {
        let title = format!("# {}", change.name());
        let effects = access::effects(change, directory, Naming::Few);
        let people: Vec<_> =
            std::iter::once(title.clone()).chain(effects.iter().map(ToString::to_string)).collect();
        let short = [title, in_short(change)];
        let weight = weight(change);
        let what = if weight == Weight::Everyone { ACCESS_OF_EVERYONE } else { ACCESS };
        roles.push(Piece::new(weight, what, block(&people), block(&short)));
    }
    let fence = fence(roles.iter().map(Piece::whole));
    pieces.push(Piece::frame(format!("{fence}diff\n")));
    pieces.extend(roles);
    pieces.push(Piece::frame(format!("{fence}\n\n")));
}

/// How many gain and lose access by a change.
fn in_short(change: &Change) -> String {
    let Delta { gained, lost, escalated, extended, opened, closed } = &change.delta;
    let sign = match weight(change) {
        Weight::Everyone => "! reaches everyone",
        Weight::Gain => "+ gives access",
        _ => "- gives no access",
    };
    let more = [
        (!opened.is_empty(), ", mailboxes made later too"),
        (!extended.is_empty(), ", for longer"),
        (!closed.is_empty(), ", no longer reaches everyone"),
    ];
    let more: String = more.into_iter().filter(|(is_so, _)| *is_so).map(|(_, text)| text).collect();
    let (gained, lost, escalated) = (gained.len(), lost.len(), escalated.len());
    format!("{sign}{more}: {gained} gain, {lost} lose, {escalated} escalate")
}

/// What forbids executing a plan.
fn refusal(Refusal { code: _, message, help, span: _ }: &Refusal) -> Piece {
    let full = format!("> **Refused:** {}<br>{}\n\n", escaped(message), escaped(help));
    let short = format!("> **Refused:** {}\n\n", framed(message, FRAMED));
    Piece::new(Weight::Refusal, REFUSALS, full, short)
}

/// As [`escaped`], of so many characters, for a text that could be of any length in a place that is never cut.
fn framed(text: &str, most: usize) -> String {
    let text = sanitize::command_data(text);
    let mut chars = text.chars();
    let kept: String = chars.by_ref().take(most).collect();
    words(&if chars.next().is_some() { kept + "…" } else { kept })
}

/// The declared roles that `--only` and `--exclude` leave out, if there are any.
fn left_out(roles: &[RoleName]) -> Option<Piece> {
    let names: Vec<_> = roles.iter().take(NAMED).map(RoleName::as_str).collect();
    let more = if roles.len() > NAMED { format!(" and {} more", roles.len() - NAMED) } else { String::new() };
    let short =
        format!("--only and --exclude leave out {}", counted(roles.len(), "declared role", "declared roles"));
    let full = format!("{}{more}\n\n", escaped(&format!("{short}: {}", names.join(", "))));
    (!roles.is_empty()).then(|| Piece::new(Weight::Names, LEFT_OUT, full, format!("{}\n\n", escaped(&short))))
}

/// Why there is no plan.
pub(crate) fn block(title: &str, lines: &[String]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| sanitize::command_data(line)).collect();
    format!("### {}\n\n{}", escaped(title), fenced(&lines, LIMIT))
}

fn fold(change: &Change, directory: &Directory, outcome: Option<&Outcome>) -> Piece {
    let name = html(change.name().as_str());
    let became = match outcome {
        None => String::new(),
        Some(Outcome::Failed(failure)) => format!(": failed: {}", html(&failure.to_string())),
        Some(outcome) => format!(": {}", outcome.as_str().replace('_', " ")),
    };
    let title = format!("{} {name}{became}", change.verb());
    let weight = match (outcome, access::gives(change)) {
        // What was not done is read first
        (Some(Outcome::Failed(_) | Outcome::NotAttempted), _) => Weight::Gain,
        (_, true) => Weight::GainingRules,
        (_, false) => Weight::Rules,
    };
    let rules = counted(change.diff.rules.len(), "rule changes", "rules change");
    let lines: Vec<_> = text::plan::details(change, directory).iter().map(diff_line).collect();
    let short = format!("{title} ({rules}, left out)<br>\n\n");
    Piece::new(weight, RULES, details(&title, &lines), short)
}

/// Those who gain or lose access and are only counted above.
fn names(change: &Change, directory: &Directory) -> Option<Piece> {
    let above = access::effects(change, directory, Naming::Few);
    let all = access::effects(change, directory, Naming::All);
    let rest: Vec<_> = all.iter().filter(|effect| !above.contains(effect)).collect();
    if rest.is_empty() {
        return None;
    }
    let name = html(change.name().as_str());
    let lines: Vec<_> = rest.iter().map(|effect| in_fence(&effect.to_string())).collect();
    let title = format!("access by {name}: {} by name", counted(rest.len(), "user", "users"));
    let weight = if access::gives(change) { Weight::GainingNames } else { Weight::Names };
    let short = format!("{title} (left out)<br>\n\n");
    Some(Piece::new(weight, NAMES, details(&title, &lines), short))
}

fn details(title: &str, lines: &[String]) -> String {
    format!("<details><summary>{title}</summary>\n\n{}</details>\n\n", fenced(lines, usize::MAX))
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
    let lines: Vec<_> = lines.iter().map(|line| short_runs(line)).collect();
    let fitting = lines.iter().take_while(|line| {
        used += line.len() + 1;
        used <= room
    });
    let mut shown: Vec<&str> = fitting.map(|line| &**line).collect();
    let more = lines.len() - shown.len();
    let more = format!("# and {more} lines more: see the output of the job");
    if shown.len() < lines.len() {
        shown.push(&more);
    }
    let fence = fence(shown.iter().copied());
    format!("{fence}diff\n{}\n{fence}\n\n", shown.join("\n"))
}

/// So many backticks in a row are written as they are in a block of code.
const BACKTICKS: usize = 40;

fn backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// A line of a block of code, whose fence is never long.
fn in_fence(line: &str) -> String {
    short_runs(&sanitize::command_data(line)).into_owned()
}

fn short_runs(line: &str) -> Cow<'_, str> {
    if backticks(line) > BACKTICKS { line.replace('`', r"\u{60}").into() } else { line.into() }
}

/// A fence that none of the texts can end.
fn fence<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    "`".repeat(texts.into_iter().map(backticks).max().unwrap_or_default().max(2) + 1)
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
