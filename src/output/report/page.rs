//! The page: every text as it stands there, which the template puts in its place and escapes.

use std::collections::BTreeMap;

use askama::Template;
use jiff::Timestamp;

use super::Evidence;
use super::chains::{self, Drawing, Stop};
use crate::access;
use crate::audit::finding::{Finding, NotChecked, Step};
use crate::audit::report::LOWER_BOUND;
use crate::audit::transitive::described;
use crate::definition::model::Accepted;
use crate::definition::span::Sources;
use crate::directory::{Directory, GroupId, State, User, UserId};
use crate::expiry::Expires;
use crate::finding_code::FindingCode;
use crate::output::sanitize;
use crate::output::style::counted;
use crate::output::text::access::everyone;
use crate::output::text::{findings, role};
use crate::role::{LiveRole, RoleId, RoleType, Rule, Targets, UserSet};
use crate::sorted;
use crate::usage::{Seen, Usage};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// What the page may do: be drawn by that style, and run that script. The hashes are held to both by a test.
const POLICY: &str = include_str!("policy.txt");

/// Findings of one kind about one role that are shown in full. The others stand there in a line each.
const ALIKE: usize = 20;
/// From so many roles on, their names stand upright above the matrix.
const WIDE: usize = 7;
/// Ways that the text beside a drawing names.
const TOLD: usize = 20;

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    policy: &'static str,
    style: &'static str,
    script: &'static str,
    organization: String,
    /// Of the page: what, and its value.
    about: Vec<(&'static str, String)>,
    version: &'static str,
    counts: String,
    roles: Vec<RoleView>,
    /// In words, why CloudTrail was not checked.
    usage_unknown: bool,
    cloudtrail: String,
    wide: bool,
    mailboxes: usize,
    later: Vec<Cell>,
    reached: Vec<String>,
    rows: Vec<Row>,
    findings: Vec<FindingView>,
    accepted: Vec<FindingView>,
    drawings: Vec<DrawingView>,
    box_size: (usize, usize),
    not_checked: Vec<Unchecked>,
    warnings: Vec<String>,
    lower_bound: &'static str,
    /// Some findings are shown in a line.
    folded: bool,
    alike: usize,
}

struct RoleView {
    number: usize,
    name: String,
    id: String,
    kind: &'static str,
    full: bool,
    description: String,
    reach: String,
    open: bool,
    expires: String,
    expired: bool,
    created: String,
    modified: String,
    last_changed: String,
    last_assumed: String,
    /// In short, for the list.
    assumed: String,
    findings: usize,
    rules_unknown: bool,
    rules: Vec<RuleView>,
    /// Some rule has a date of its own.
    rules_expire: bool,
    notes: Vec<String>,
}

struct RuleView {
    effect: &'static str,
    name: String,
    id: String,
    description: String,
    expires: String,
    /// `everyone`, `everyone except`, or nothing.
    everyone: &'static str,
    users: Vec<Person>,
    except: Vec<Person>,
}

struct Person {
    label: String,
    name: String,
    /// Why the user has no mailbox.
    note: String,
}

/// What a role may do in a mailbox.
#[derive(Clone, Copy)]
struct Cell {
    class: &'static str,
    text: &'static str,
}

struct Row {
    label: String,
    name: String,
    cells: Vec<Cell>,
}

struct FindingView {
    level: &'static str,
    code: &'static str,
    summary: String,
    role: Option<usize>,
    evidence: Vec<String>,
    /// Texts; every second one is code.
    remedy: Vec<Vec<String>>,
    accepted: Option<String>,
    /// One of many alike: the summary alone is shown.
    short: bool,
}

struct DrawingView {
    number: usize,
    name: String,
    ways: usize,
    drawing: Drawing,
    told: Vec<String>,
    not_told: usize,
}

struct Unchecked {
    code: &'static str,
    reason: String,
    mailboxes: Vec<String>,
}

const NO: Cell = Cell { class: "", text: "" };
const UNKNOWN: Cell = Cell { class: "u", text: "?" };

fn cell(kind: RoleType) -> Cell {
    match kind {
        RoleType::FullAccess => Cell { class: "f", text: "full" },
        RoleType::ReadOnly => Cell { class: "r", text: "read" },
    }
}

/// The page, whole.
///
/// # Errors
/// Never in practice: it is written to memory.
pub(crate) fn html(evidence: &Evidence<'_>) -> anyhow::Result<String> {
    let page = Page::of(evidence).render()? + "\n";
    Ok(sanitize::xml(&page).into_owned())
}

/// A text in one line, in which every character is seen.
fn shown(text: &str) -> String {
    sanitize::terminal(text)
}

fn lines(text: &str) -> String {
    text.lines().map(shown).collect::<Vec<_>>().join("\n")
}

fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

impl Page {
    fn of(evidence: &Evidence<'_>) -> Self {
        let Evidence { report, roles, usage, .. } = *evidence;
        let directory = report.directory;
        let numbers = sorted::map(roles.iter().enumerate().map(|(n, live)| (&live.id, n + 1)));
        let accepted: Vec<&Finding> = report.sorted.accepted.iter().map(|(finding, _)| finding).collect();
        let views = roles.iter().map(|live| {
            let of = |finding: &&Finding| finding.role.as_ref().is_some_and(|role| role.id == live.id);
            let findings = report.sorted.open.iter().filter(of).count();
            role_view(evidence, live, numbers[&live.id], findings)
        });
        let mut drawings = Vec::new();
        for live in roles {
            let of = |finding: &&Finding| {
                !finding.chain.is_empty() && finding.role.as_ref().is_some_and(|role| role.id == live.id)
            };
            let ways: Vec<&[Step]> = report
                .sorted
                .open
                .iter()
                .chain(accepted.iter().copied())
                .filter(of)
                .map(|one| &one.chain[..])
                .collect();
            if !ways.is_empty() {
                drawings.push(drawing_view(live, numbers[&live.id], &ways, directory));
            }
        }
        let open = report.sorted.open.iter().map(|finding| (finding, None));
        let of_accepted = report.sorted.accepted.iter().map(|(finding, accepted)| (finding, Some(*accepted)));
        let findings = finding_views(&open.collect::<Vec<_>>(), &numbers);
        Self {
            policy: POLICY.trim_end(),
            style: STYLE,
            script: SCRIPT,
            organization: shown(report.organization.label()),
            about: about(evidence),
            version: env!("CARGO_PKG_VERSION"),
            counts: report.summary(),
            roles: views.collect(),
            usage_unknown: usage.is_err(),
            cloudtrail: cloudtrail(usage),
            wide: roles.len() >= WIDE,
            mailboxes: evidence.mailboxes().len(),
            later: roles.iter().map(later).collect(),
            reached: reached(evidence),
            rows: rows(evidence),
            accepted: finding_views(&of_accepted.collect::<Vec<_>>(), &numbers),
            drawings,
            box_size: chains::BOX,
            not_checked: unchecked(report.not_checked, directory),
            warnings: warnings(evidence, report.sources),
            lower_bound: LOWER_BOUND,
            folded: findings.iter().any(|finding| finding.short),
            alike: ALIKE,
            findings,
        }
    }
}

fn about(evidence: &Evidence<'_>) -> Vec<(&'static str, String)> {
    let organization = evidence.report.organization;
    let unread = || "could not be read".to_owned();
    let mut about = vec![
        ("Organization", format!("{} ({})", shown(organization.label()), shown(organization.id.as_str()))),
        ("AWS account", organization.account.as_deref().map_or_else(unread, shown)),
        ("Region", shown(&organization.region)),
        ("Read at", time(evidence.read_at)),
        (
            "Read as",
            match evidence.principal {
                Ok(arn) => shown(arn),
                Err(why) => format!("not known: {}", shown(why)),
            },
        ),
        ("Command", shown(evidence.command)),
    ];
    about.push(("Version", format!("wmrole {}", env!("CARGO_PKG_VERSION"))));
    about
}

/// What CloudTrail was asked for, in a sentence.
fn cloudtrail(usage: &Result<Usage, String>) -> String {
    match usage {
        Err(why) => {
            format!("When a role was last assumed, and who changed it last, was not checked: {}", shown(why))
        }
        Ok(usage) if usage.complete => {
            format!(
                "CloudTrail was read from {} to {}; the last 15 minutes may be missing in it.",
                time(usage.since),
                time(usage.until)
            )
        }
        Ok(usage) => format!(
            "CloudTrail was read from {} to {}, but not all of it, or it does not say which role was assumed: a role without an event may have been assumed or changed.",
            time(usage.since),
            time(usage.until)
        ),
    }
}

fn seen(usage: &Result<Usage, String>, which: impl Fn(&Usage) -> Option<Seen>) -> String {
    match usage {
        Err(_) => "not checked".to_owned(),
        Ok(usage) => match which(usage) {
            Some(Seen { time: at, principal, event }) => {
                format!("{} by {} ({})", time(at), shown(&principal), shown(&event))
            }
            None if usage.complete => format!("nobody since {}", time(usage.since)),
            None => "no event in what was read".to_owned(),
        },
    }
}

fn end(expires: Option<&Expires>, now: Timestamp) -> String {
    match expires {
        None => "never".to_owned(),
        Some(end) if end.has_passed(now) => format!("{end}, which has passed"),
        Some(end) => end.to_string(),
    }
}

fn role_view(evidence: &Evidence<'_>, live: &LiveRole, number: usize, findings: usize) -> RoleView {
    let Evidence { report, usage, read_at: now, .. } = *evidence;
    let directory = report.directory;
    let role = &live.role;
    let date = |at: Option<Timestamp>| at.map_or_else(|| "not known".to_owned(), time);
    let assumed = |usage: &Usage| usage.role(&live.id).last_assumed;
    let first = role::first_end(role, now);
    let short = match usage {
        Err(_) => "not checked".to_owned(),
        Ok(usage) => match assumed(usage) {
            Some(seen) => time(seen.time),
            None if usage.complete => "no event".to_owned(),
            None => "not known".to_owned(),
        },
    };
    RoleView {
        number,
        name: shown(role.name.as_str()),
        id: shown(live.id.as_str()),
        kind: role.role_type.as_str(),
        full: role.role_type == RoleType::FullAccess,
        description: role.description.as_ref().map_or_else(String::new, |text| lines(text.as_str())),
        reach: shown(&reach(evidence, live)),
        open: !live.rules_unknown && access::is_open(&role.rules),
        expires: first.map_or_else(|| "never".to_owned(), |end| role::end_in_short(role, end, now).plain()),
        expired: role.expired_rules(now).next().is_some(),
        created: date(live.created),
        modified: date(live.modified),
        last_changed: seen(usage, |usage| usage.role(&live.id).last_changed),
        last_assumed: seen(usage, assumed),
        assumed: short,
        findings,
        rules_unknown: live.rules_unknown,
        rules_expire: role.rules.iter().any(|rule| rule.expires.is_some()),
        rules: role.rules.iter().map(|rule| rule_view(rule, directory, now)).collect(),
        notes: role.unreadable_expiries().iter().map(|(_, why)| shown(why)).collect(),
    }
}

/// Whom the role reaches, in a sentence.
fn reach(evidence: &Evidence<'_>, live: &LiveRole) -> String {
    let rules = &live.role.rules;
    let reached = evidence.mailboxes().iter().filter(|user| access::allows(rules, &user.id)).count();
    match (access::is_open(rules), reached) {
        _ if live.rules_unknown => "not known".to_owned(),
        (false, 0) => "nobody".to_owned(),
        (false, n) => counted(n, "mailbox", "mailboxes"),
        (true, n) => {
            let everyone = everyone(&live.role, evidence.report.directory);
            format!("{everyone} ({} today)", counted(n, "mailbox", "mailboxes"))
        }
    }
}

fn rule_view(rule: &Rule, directory: &Directory, now: Timestamp) -> RuleView {
    let Rule { id, name, description, expires, effect, targets } = rule;
    RuleView {
        effect: effect.as_str(),
        name: name.as_ref().map_or_else(|| "(no name)".to_owned(), |name| shown(name.as_str())),
        id: shown(id.as_str()),
        description: description.as_ref().map_or_else(String::new, |text| lines(text.as_str())),
        expires: expires.as_ref().map_or_else(String::new, |_| end(expires.as_ref(), now)),
        everyone: match targets {
            Targets::Everyone => "everyone",
            Targets::Except(_) => "everyone except",
            Targets::Users(_) => "",
            Targets::UsersExcept { .. } => "but not",
        },
        users: people(targets.users(), directory),
        except: people(targets.except(), directory),
    }
}

fn people(users: Option<&UserSet>, directory: &Directory) -> Vec<Person> {
    let one = |id: &UserId| {
        let user = directory.user(id);
        Person {
            label: shown(directory.label(id)),
            name: user.map_or_else(String::new, display_name),
            note: match user {
                None => "not in the directory".to_owned(),
                Some(user) if user.state != State::Enabled => format!("{}: no mailbox", user.state.as_str()),
                Some(user) if !user.has_mailbox() => "no address: no mailbox".to_owned(),
                Some(_) => String::new(),
            },
        }
    };
    users.into_iter().flat_map(UserSet::iter).map(one).collect()
}

fn display_name(user: &User) -> String {
    user.display_name.as_deref().map_or_else(String::new, shown)
}

fn later(live: &LiveRole) -> Cell {
    match (live.rules_unknown, access::is_open(&live.role.rules)) {
        (true, _) => UNKNOWN,
        (false, true) => cell(live.role.role_type),
        (false, false) => NO,
    }
}

/// How many mailboxes each role reaches.
fn reached(evidence: &Evidence<'_>) -> Vec<String> {
    let mut reaches = evidence.reaches().into_iter();
    let count = |live: &LiveRole| match live.rules_unknown {
        true => "?".to_owned(),
        false => reaches.next().map_or(0, |reach| reach.users.len()).to_string(),
    };
    evidence.roles.iter().map(count).collect()
}

/// Every mailbox, and what each role may do in it.
fn rows(evidence: &Evidence<'_>) -> Vec<Row> {
    let row = |user: &User| {
        let cell = |live: &LiveRole| match (live.rules_unknown, access::allows(&live.role.rules, &user.id)) {
            (true, _) => UNKNOWN,
            (false, true) => cell(live.role.role_type),
            (false, false) => NO,
        };
        Row {
            label: shown(user.label()),
            name: display_name(user),
            cells: evidence.roles.iter().map(cell).collect(),
        }
    };
    let mut rows: Vec<Row> = evidence.mailboxes().into_iter().map(row).collect();
    // As people look for them
    sorted::by(&mut rows, |a, b| a.label.cmp(&b.label));
    rows
}

fn finding_views(
    all: &[(&Finding, Option<&Accepted>)],
    numbers: &BTreeMap<&RoleId, usize>,
) -> Vec<FindingView> {
    let mut views = Vec::new();
    for alike in all.chunk_by(|(a, _), (b, _)| (a.code, &a.role) == (b.code, &b.role)) {
        for (n, (finding, accepted)) in alike.iter().enumerate() {
            let Finding { code, level, role, summary, evidence, remedy, .. } = finding;
            let short = n >= ALIKE && accepted.is_none();
            let all = |texts: &[String]| texts.iter().filter(|_| !short).map(|text| shown(text)).collect();
            let remedy: Vec<String> = all(remedy);
            views.push(FindingView {
                level: level.as_str(),
                code: code.as_str(),
                summary: shown(summary),
                role: role.as_ref().and_then(|role| numbers.get(&role.id).copied()),
                evidence: all(evidence),
                remedy: remedy.iter().map(|text| text.split('`').map(str::to_owned).collect()).collect(),
                accepted: accepted.map(|accepted| shown(&findings::acceptance(accepted))),
                short,
            });
        }
    }
    views
}

fn drawing_view(live: &LiveRole, number: usize, ways: &[&[Step]], directory: &Directory) -> DrawingView {
    let name = shown(live.role.name.as_str());
    let stops = |way: &&[Step]| -> Vec<Stop> {
        let label = |id: &UserId| shown(directory.label(id));
        let first = way
            .iter()
            .take(1)
            .map(|step| Stop { label: label(&step.by), detail: "the role reaches this mailbox".to_owned() });
        let then = way.iter().map(|Step { by: _, groups, mailbox }| {
            let label_of = |id: &GroupId| {
                let group = directory.group(id);
                shown(group.map_or(id.as_str(), |group| group.label()))
            };
            let groups: Vec<String> = groups.iter().map(label_of).collect();
            let through =
                if groups.is_empty() { String::new() } else { format!(" through {}", groups.join(", in ")) };
            Stop { label: label(mailbox), detail: format!("FULL_ACCESS{through}") }
        });
        first.chain(then).collect()
    };
    let all: Vec<Vec<Stop>> = ways.iter().map(stops).collect();
    let role = Stop { label: name.clone(), detail: live.role.role_type.as_str().to_owned() };
    DrawingView {
        number,
        ways: ways.len(),
        drawing: chains::drawn(role, &all),
        told: ways
            .iter()
            .take(TOLD)
            .map(|way| shown(&format!("{name} → {}", described(way, directory))))
            .collect(),
        not_told: ways.len().saturating_sub(TOLD),
        name,
    }
}

/// What was not checked, a reason once, with all the mailboxes that it is about.
fn unchecked(all: &[NotChecked], directory: &Directory) -> Vec<Unchecked> {
    let mut reasons: BTreeMap<(FindingCode, &str), Vec<String>> = BTreeMap::new();
    for NotChecked { code, reason, mailbox } in all {
        let mailbox = mailbox.as_ref().map(|id| shown(directory.label(id)));
        reasons.entry((*code, reason)).or_default().extend(mailbox);
    }
    let one = |((code, reason), mailboxes): ((FindingCode, &str), Vec<String>)| Unchecked {
        code: code.as_str(),
        reason: shown(reason),
        mailboxes,
    };
    reasons.into_iter().map(one).collect()
}

/// What there is to say about the definitions.
fn warnings(evidence: &Evidence<'_>, sources: &Sources) -> Vec<String> {
    let one = |warning: &crate::definition::diagnostic::Diagnostic| {
        let place = warning.span.as_ref().map(|span| sources.location(span));
        let place = place.map_or_else(String::new, |at| format!("{}:{}: ", at.file, at.line));
        shown(&format!("{place}{}", warning.message))
    };
    evidence.report.warnings.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
