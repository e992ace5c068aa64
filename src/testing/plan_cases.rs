//! Plans by example: `tests/plans/*.txt` give live roles, definitions, and the plan that comes of
//! them. Each is planned, compared, applied to a sandbox over HTTP, and read back; and planned and compared
//! without HTTP.
//! `WMROLE_BLESS=1 cargo test` rewrites the plans in them.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use super::fixture::{self as bench, Bench};
use super::model::Model;
use crate::apply;
use crate::config::Naming;
use crate::definition::model::Document;
use crate::directory::Directory;
use crate::fetch::definitions::{Gathered, gather};
use crate::fetch::directory::read_everyone;
use crate::output::text::plan as plan_text;
use crate::plan::compose::{Options, Proposal};
use crate::plan::guard::{self, Limits};
use crate::role::Role;

/// When live roles are made, and plans where a case says no other time.
const LONG_AGO: Timestamp = Timestamp::UNIX_EPOCH;

struct Case {
    title: String,
    /// The sections but the plan, in their order.
    given: Vec<(String, String)>,
    plan: String,
}

impl Case {
    fn given(&self, section: &str) -> &str {
        self.given.iter().find(|(name, _)| name == section).map_or("", |(_, text)| text.as_str())
    }

    fn live(&self) -> Document {
        bench::document(&format!("version: 1\n{}", self.given("live")))
    }

    /// The definitions, with the ids of roles for their names.
    fn wanted(&self, ids: &BTreeMap<String, String>) -> Document {
        let mut yaml = format!("version: 1\n{}", self.given("yaml"));
        for (id, name) in ids {
            yaml = yaml.replace(&format!("({name})"), id);
        }
        bench::document(&yaml)
    }

    /// When it is planned.
    fn now(&self) -> Timestamp {
        match self.given("now").trim() {
            "" => LONG_AGO,
            text => text.parse().expect("a time"),
        }
    }

    fn directory_changes(&self) -> impl Iterator<Item = &str> {
        self.given("directory").lines().filter(|line| !line.is_empty())
    }

    fn write(&self) -> String {
        let mut out = format!("=== {}\n", self.title);
        for (name, text) in &self.given {
            out += &format!("--- {name}\n{text}");
        }
        out + &format!("--- plan\n{}", self.plan)
    }
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("=== ") {
            cases.push(Case { title: title.into(), given: Vec::new(), plan: String::new() });
            continue;
        }
        let case = cases.last_mut().expect("a title first");
        if let Some(section) = line.strip_prefix("--- ") {
            case.given.push((section.into(), String::new()));
        } else {
            let (_, text) = case.given.last_mut().expect("a section first");
            *text += &format!("{line}\n");
        }
    }
    for case in &mut cases {
        for (_, text) in &mut case.given {
            *text = text.trim_end().to_owned() + "\n";
        }
        if case.given.last().is_some_and(|(name, _)| name == "plan") {
            case.plan = case.given.pop().expect("a plan").1;
        }
    }
    cases
}

fn limits(flags: &str) -> (bool, Limits) {
    let mut limits = Limits { max_deletes: 1, ..Limits::default() };
    let mut prune = false;
    for flag in flags.lines().filter(|line| !line.is_empty()) {
        match flag.split_once(' ') {
            Some(("max-deletes", n)) => limits.max_deletes = n.parse().expect("a number"),
            Some(("max-gained", n)) => limits.max_gained = Some(n.parse().expect("a number")),
            None if flag == "prune" => prune = true,
            None if flag == "allow-escalation" => limits.allow_escalation = true,
            _ => panic!("no flag: {flag}"),
        }
    }
    (prune, limits)
}

/// What a person sees, with names for the ids of roles.
fn drawn(gathered: &Gathered, limits: &Limits, ids: &BTreeMap<String, String>) -> String {
    let Gathered { directory, proposal } = gathered;
    let Proposal { plan, desired, policy, warnings, live: _, .. } = proposal;
    let mut out = String::new();
    for diagnostic in warnings {
        out += &format!("warning: {}\n", diagnostic.message);
    }
    for line in plan_text::plan(plan, directory, Naming::FewAndFlag) {
        out += &format!("{}\n", line.plain());
    }
    let mut refusals = guard::totals(&[plan], limits);
    refusals.extend(guard::refusals(plan, limits, desired, policy, directory));
    for refusal in refusals {
        out += &format!("refused: {}\nhint: {}\n", refusal.message, refusal.help);
    }
    for (id, name) in ids {
        out = out.replace(id, &format!("({name})"));
    }
    out
}

async fn run(case: &Case) -> String {
    let home = tempfile::tempdir().expect("a directory");
    let bench = Bench::start(&home.path().join("state.json")).await;
    let writer = &bench.writer;
    let before = gather(writer, &[&case.live()], Options { prune: true, ..Options::default() })
        .await
        .expect("gathered")
        .expect(&case.title);
    assert_eq!(before.proposal.warnings, [], "{}", case.title);
    let report = apply::apply(&before.proposal.plan, &before.directory, writer, || false, |_| {}).await;
    assert!(report.is_complete(), "{}: {report:?}", case.title);
    case.directory_changes().for_each(|line| bench.turn(line));
    let ids: BTreeMap<String, String> = writer
        .roles()
        .await
        .expect("roles")
        .into_iter()
        .map(|r| (r.id.to_string(), r.name.to_string()))
        .collect();

    // Planned
    let (prune, limits) = limits(case.given("flags"));
    let wanted = case.wanted(&ids);
    let options = Options { prune, now: case.now(), ..Options::default() };
    let gathered = gather(writer, &[&wanted], options).await.expect("gathered").expect(&case.title);
    let drawn = drawn(&gathered, &limits, &ids);

    // Applied, and read back; who is reached is the difference that was shown
    let mut all = Directory::default();
    read_everyone(writer, &mut all).await.expect("users");
    let was = bench.reached(&all).await;
    let report = apply::apply(&gathered.proposal.plan, &gathered.directory, writer, || false, |_| {}).await;
    assert!(report.is_complete(), "{}: {report:?}", case.title);
    let is = bench.reached(&all).await;
    bench::assert_delta(&gathered.proposal.plan, &was, &is);
    let now = writer.live_roles(|_| true).await.expect("roles").1;
    for role in gathered.proposal.desired.iter().map(|desired| &desired.role) {
        let found: Vec<&Role> = now.iter().map(|live| &live.role).filter(|r| r.name == role.name).collect();
        assert!(matches!(found[..], [found] if found.same_as(role)), "{}: {found:?} {role:?}", case.title);
    }
    assert_eq!(
        now.len(),
        gathered.proposal.desired.len() + gathered.proposal.plan.undeclared.len(),
        "{}",
        case.title
    );
    let again = gather(writer, &[&wanted], options).await.expect("gathered").expect(&case.title);
    assert!(again.proposal.plan.is_empty(), "{}: {:?}", case.title, again.proposal.plan);
    drawn
}

/// As [`run`], without HTTP.
fn run_on_model(case: &Case) -> String {
    let mut model = Model::new();
    let before = model.plan(&[&case.live()], true).expect(&case.title);
    model.apply(&before.proposal.plan);
    for line in case.directory_changes() {
        bench::change_directory(&mut model.organization, line);
    }
    let roles = &model.organization.roles;
    let ids = roles.iter().map(|role| (role.id.to_string(), role.name.to_string())).collect();

    let (prune, limits) = limits(case.given("flags"));
    let wanted = case.wanted(&ids);
    model.now = case.now();
    let gathered = model.plan(&[&wanted], prune).expect(&case.title);
    let was = model.reached();
    model.apply(&gathered.proposal.plan);
    bench::assert_delta(&gathered.proposal.plan, &was, &model.reached());
    let again = model.plan(&[&wanted], prune).expect(&case.title);
    assert!(again.proposal.plan.is_empty(), "{}: {:?}", case.title, again.proposal.plan);
    drawn(&gathered, &limits, &ids)
}

fn bless() -> bool {
    std::env::var_os("WMROLE_BLESS").is_some_and(|value| value == "1")
}

#[test]
fn plans_are_the_same_without_http() {
    // The other test rewrites what this one would compare with
    if bless() {
        return;
    }
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans");
    for entry in std::fs::read_dir(&directory).expect("cases") {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("a text");
        for case in cases(&text) {
            assert_eq!(run_on_model(&case), case.plan, "{}", case.title);
        }
    }
}

#[tokio::test]
async fn plans_are_as_written_and_come_true() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans");
    let bless = bless();
    let (mut count, mut stale) = (0, Vec::new());
    for entry in std::fs::read_dir(&directory).expect("cases") {
        let path = entry.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("a text");
        let mut blessed = Vec::new();
        for mut case in cases(&text) {
            count += 1;
            let drawn = run(&case).await;
            if drawn != case.plan {
                stale.push(format!("{}\n--- is\n{drawn}--- was\n{}", case.title, case.plan));
                case.plan = drawn;
            }
            blessed.push(case.write());
        }
        if bless {
            std::fs::write(&path, blessed.join("\n")).expect("written");
        }
    }
    assert!(count >= 40, "{count} cases");
    assert!(bless || stale.is_empty(), "`WMROLE_BLESS=1 cargo test` rewrites them:\n{}", stale.join("\n"));
}
