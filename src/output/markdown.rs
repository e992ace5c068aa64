//! A plan as a pull request's comment: the summary, who gains and loses access, then a fold a role.

use super::access;
use super::line::harmless;
use super::plan as text;
use crate::apply::{Outcome, Report};
use crate::directory::Directory;
use crate::plan::guard::Refusal;
use crate::plan::{Change, Plan};

/// One organization's plan; with a report, what became of it.
pub fn plan(
    organization: &str,
    plan: &Plan,
    refusals: &[Refusal],
    directory: &Directory,
    report: Option<&Report>,
) -> String {
    let summary = text::summary(plan);
    let summary = summary.strip_prefix("Plan: ").unwrap_or(&summary);
    let mut out = format!("### {}: {}\n\n", escaped(organization), escaped(summary));
    for Refusal { message, help, place: _ } in refusals {
        out += &format!("> **Refused:** {}<br>{}\n\n", escaped(message), escaped(help));
    }
    if !plan.is_empty() {
        out += &format!("**{}**\n\n", escaped(&access::headline(plan)));
        let concerned = access::concerned(plan);
        let lines = concerned.iter().flat_map(|change| {
            let effects = access::effects(change, directory);
            let people = effects.into_iter().map(|effect| format!("{} {}", effect.sign, effect.text));
            std::iter::once(format!("# {}", change.name())).chain(people).collect::<Vec<_>>()
        });
        let lines: Vec<_> = lines.map(|line| harmless(&line)).collect();
        if !lines.is_empty() {
            out += &fenced(&lines);
        }
    }
    for (n, change) in plan.changes.iter().enumerate() {
        out += &fold(change, directory, report.and_then(|report| report.outcomes.get(n)));
    }
    if let Some(undeclared) = text::undeclared(plan) {
        out += &format!("{}\n\n", escaped(&undeclared));
    }
    out
}

/// An organization that has no plan.
pub fn failed(organization: &str, error: &anyhow::Error) -> String {
    format!("### {}: failed\n\n> **Error:** {}\n\n", escaped(organization), escaped(&format!("{error:#}")))
}

fn fold(change: &Change, directory: &Directory, outcome: Option<&Outcome>) -> String {
    let name = html(change.name().as_str());
    let became = match outcome {
        None => String::new(),
        Some(Outcome::Failed(failure)) => format!(": failed: {}", html(&failure.to_string())),
        Some(outcome) => format!(": {}", outcome.as_str().replace('_', " ")),
    };
    let lines: Vec<_> = text::details(change, directory).iter().map(|line| signed(&line.plain())).collect();
    let details = if lines.is_empty() { String::new() } else { fenced(&lines) };
    format!("<details><summary>{} <b>{name}</b>{became}</summary>\n\n{details}</details>\n\n", change.verb())
}

/// The line with its sign in the first column, where a diff has it.
fn signed(line: &str) -> String {
    let rest = line.trim_start();
    let indent = line.len() - rest.len();
    match rest.split_at_checked(1) {
        Some((sign @ ("+" | "-"), rest)) => format!("{sign}{:indent$}{rest}", ""),
        // What changes is `!` in a diff block
        Some(("~", rest)) => format!("!{:indent$}{rest}", ""),
        _ => format!(" {line}"),
    }
}

/// A block of code whose fence no line of it can end.
fn fenced(lines: &[String]) -> String {
    let longest =
        lines.iter().flat_map(|line| line.split(|c| c != '`').map(str::len)).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}diff\n{}\n{fence}\n\n", lines.join("\n"))
}

fn html(text: &str) -> String {
    harmless(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('@', "&#64;")
}

/// Text that Markdown shows as it is.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '&' => out += "&amp;",
            // An entity, so that no one is called by a role's name
            '@' => out += "&#64;",
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '!' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_the_fence_or_draw() {
        let block = fenced(&["a ``` b".to_owned()]);
        assert!(block.starts_with("````diff\n") && block.ends_with("\n````\n\n"), "{block}");
        assert_eq!(escaped("a|b *c* <d> @team"), "a\\|b \\*c\\* &lt;d&gt; &#64;team");
        assert_eq!(html("<b>"), "&lt;b&gt;");
    }

    #[test]
    fn signs_stand_in_the_first_column() {
        assert_eq!(signed("    + rule a"), "+     rule a");
        assert_eq!(signed("    name: a -> b"), "     name: a -> b");
    }
}
