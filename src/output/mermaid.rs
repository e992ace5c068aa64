//! Drawings in Mermaid, which GitHub shows in Markdown. Ids are ours and labels stand in quotes, with an entity for
//! every character that could mean something there. What is more than Mermaid draws is folded, and said.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::sanitize;
use super::style::{counted, within};
use super::text::access_table::{Reach, end_in_short};
use crate::audit::finding::Step;
use crate::audit::report::Report;
use crate::audit::who::Who;
use crate::directory::{Directory, GroupId, UserId};
use crate::role::{LiveRole, Rule};
use crate::sorted;

/// What Mermaid draws, less a little for what is said of the rest; it cannot be changed from inside of a drawing.
const MOST_EDGES: usize = 490;
const MOST_CHARACTERS: usize = 49_000;

/// Columns of a label.
const LONGEST: usize = 80;

/// What stands at the ends of an edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Role(&'a str),
    User(&'a UserId),
    /// Something about a role: the mailboxes that are made later.
    Later(&'a str),
}

/// From where, by what, to where.
type Edge<'a> = (Key<'a>, String, Key<'a>);

/// A drawing.
#[derive(Debug, Default)]
pub(crate) struct Graph<'a> {
    labels: BTreeMap<Key<'a>, String>,
    /// In the order of the result, each once.
    edges: Vec<Edge<'a>>,
    seen: BTreeSet<Edge<'a>>,
    /// Said in nodes of their own.
    notes: Vec<String>,
}

impl<'a> Graph<'a> {
    fn edge(&mut self, from: Key<'a>, label: String, to: Key<'a>) {
        let edge = (from, label, to);
        if self.seen.insert(edge.clone()) {
            self.edges.push(edge);
        }
    }

    fn role(&mut self, live: &'a LiveRole) -> Key<'a> {
        let key = Key::Role(live.id.as_str());
        let label = format!("{} ({})", live.role.name, live.role.role_type.as_str());
        self.labels.insert(key.clone(), label);
        key
    }

    fn user(&mut self, id: &'a UserId, directory: &Directory) -> Key<'a> {
        self.labels.insert(Key::User(id), directory.label(id).to_owned());
        Key::User(id)
    }

    fn chain(&mut self, chain: &'a [Step], directory: &Directory) {
        for Step { by, groups, mailbox } in chain {
            let label =
                |id: &GroupId| directory.group(id).map_or(id.to_string(), |group| group.label().to_owned());
            let groups: Vec<_> = groups.iter().map(label).collect();
            let through = match groups.is_empty() {
                true => String::new(),
                false => format!(", through group {}", groups.join(", in ")),
            };
            let (from, to) = (self.user(by, directory), self.user(mailbox, directory));
            self.edge(from, format!("FULL_ACCESS{through}"), to);
        }
    }

    /// The drawing, with a line at its end. Of what is too large, each node keeps as many of the nodes that lead no
    /// further as there is room for, and counts the others.
    pub(crate) fn drawn(&self) -> String {
        let fits = |text: &String| {
            text.matches(" -->").count() <= MOST_EDGES && text.chars().count() <= MOST_CHARACTERS
        };
        let keeps = [usize::MAX, 200, 100, 50, 20, 10, 5, 2, 1, 0];
        let drawn = keeps.iter().map(|keep| self.folded(*keep, usize::MAX)).find(fits);
        // The nodes that lead further are too many themselves
        let shorter = || [400, 200, 100, 50, 20, 0].iter().map(|most| self.folded(0, *most)).find(fits);
        drawn.or_else(shorter).unwrap_or_default()
    }

    fn folded(&self, keep: usize, most: usize) -> String {
        let onward = sorted::set(self.edges.iter().map(|(from, _, _)| from));
        let (mut ids, mut out) = (BTreeMap::new(), String::from("flowchart LR\n"));
        let (mut leaves, mut left) = (BTreeMap::<&Key<'_>, usize>::new(), BTreeMap::<&Key<'_>, usize>::new());
        let mut lines = 0;
        for (from, label, to) in &self.edges {
            let is_leaf = !onward.contains(to);
            let seen = leaves.entry(from).or_default();
            *seen += usize::from(is_leaf);
            if lines >= most || (is_leaf && *seen > keep) {
                *left.entry(from).or_default() += 1;
                continue;
            }
            let from = self.node(from, &mut ids, &mut out);
            let to = self.node(to, &mut ids, &mut out);
            out += &match label.is_empty() {
                true => format!("  n{from} --> n{to}\n"),
                false => format!("  n{from} -->|\"{}\"| n{to}\n", escaped(label)),
            };
            lines += 1;
        }
        let mut next = self.labels.len();
        let not_drawn: usize = left.values().sum();
        if lines >= most {
            let edges = counted(not_drawn, "more way is", "more ways are");
            out += &format!("  n{next}[\"{edges} not drawn\"]\n");
            next += 1;
        } else {
            for (from, more) in left {
                let from = self.node(from, &mut ids, &mut out);
                out += &format!("  n{from} --> n{next}[\"and {}\"]\n", counted(more, "more", "more"));
                next += 1;
            }
        }
        for note in &self.notes {
            out += &format!("  n{next}[\"{}\"]\n", escaped(note));
            next += 1;
        }
        out
    }

    /// The number of a node, which is written where it is met first.
    fn node<'k>(&self, key: &'k Key<'a>, ids: &mut BTreeMap<&'k Key<'a>, usize>, out: &mut String) -> usize {
        if let Some(id) = ids.get(key) {
            return *id;
        }
        let id = ids.len();
        ids.insert(key, id);
        let label = escaped(self.labels.get(key).map_or("", String::as_str));
        *out += &match key {
            Key::Role(_) => format!("  n{id}([\"{label}\"])\n"),
            Key::User(_) | Key::Later(_) => format!("  n{id}[\"{label}\"]\n"),
        };
        id
    }
}

/// A text in quotes: entities stand for what is neither a letter nor a digit nor a plain sign.
fn escaped(text: &str) -> String {
    let text = sanitize::terminal(text);
    let cut = within(&text, LONGEST);
    let mut out = String::new();
    for c in cut.chars() {
        match c {
            '"' => out += "#quot;",
            c if c.is_alphanumeric() || " .,-_@+/()".contains(c) => out.push(c),
            c => out += &format!("#{};", u32::from(c)),
        }
    }
    if cut.len() < text.len() { out + "…" } else { out }
}

fn names(rules: &[&Rule]) -> String {
    rules.iter().map(|rule| rule.label()).collect::<Vec<_>>().join(", ")
}

/// Who reaches whom.
pub(crate) fn access_graph<'a>(reaches: &'a [Reach<'a>], directory: &Directory, now: Timestamp) -> Graph<'a> {
    let mut graph = Graph::default();
    for reach in reaches {
        let Reach { live, open, users } = reach;
        let role = graph.role(live);
        for (user, rules) in users {
            let user = graph.user(user, directory);
            let until = match reach.end(rules) {
                Some(end) if end.has_passed(now) => format!(", {}", end_in_short(end, now)),
                Some(end) => format!(", until {end}"),
                None => String::new(),
            };
            graph.edge(role.clone(), names(rules) + &until, user);
        }
        if *open {
            let later = Key::Later(live.id.as_str());
            graph.labels.insert(later.clone(), "every mailbox made later".to_owned());
            graph.edge(role, String::new(), later);
        }
    }
    if graph.edges.is_empty() {
        graph.notes.push("nobody is reached".to_owned());
    }
    graph
}

/// The chains of the findings.
pub(super) fn findings_graph<'a>(report: &Report<'a>) -> Graph<'a> {
    let mut graph = Graph::default();
    let accepted = report.sorted.accepted.iter().filter(|_| report.show_accepted);
    for finding in report.sorted.open.iter().chain(accepted.map(|(finding, _)| finding)) {
        let (Some(role), Some(first)) = (&finding.role, finding.chain.first()) else { continue };
        let key = Key::Role(role.id.as_str());
        graph.labels.insert(key.clone(), role.name.to_string());
        let user = graph.user(&first.by, report.directory);
        graph.edge(key, String::new(), user);
        graph.chain(&finding.chain, report.directory);
    }
    if graph.edges.is_empty() {
        graph.notes.push("no way round was found".to_owned());
    }
    not_checked(&mut graph, report.not_checked.len());
    graph
}

/// Who can open a mailbox.
pub(super) fn who_graph<'a>(who: &'a Who<'a>, directory: &Directory) -> Graph<'a> {
    let mut graph = Graph::default();
    for way in &who.roles {
        let role = graph.role(way.live);
        let first = way.chain.first().map_or(who.mailbox, |step| &step.by);
        let user = graph.user(first, directory);
        graph.edge(role, names(&way.rules), user);
        graph.chain(&way.chain, directory);
    }
    for way in &who.accounts {
        graph.chain(&way.chain, directory);
    }
    if graph.edges.is_empty() {
        graph.notes.push(format!("nobody but its owner can open {}", directory.label(who.mailbox)));
    }
    not_checked(&mut graph, who.not_checked.len());
    graph
}

fn not_checked(graph: &mut Graph<'_>, count: usize) {
    if count > 0 {
        graph.notes.push(format!("{count} not checked: there may be more"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(graph: &Graph<'_>) -> (usize, usize) {
        let text = graph.drawn();
        (text.matches(" -->").count(), text.chars().count())
    }

    #[test]
    fn a_name_is_text_and_nothing_else() {
        assert_eq!(
            escaped("a \"b\" [c]{d};#e%%{x}"),
            "a #quot;b#quot; #91;c#93;#123;d#125;#59;#35;e#37;#37;#123;x#125;"
        );
        for text in crate::testing::hostile::TEXTS {
            let escaped = escaped(text);
            let found =
                [crate::testing::hostile::terminal(&escaped), crate::testing::hostile::runner(&escaped)];
            assert_eq!(found.concat(), [""; 0]);
            assert!(!escaped.contains(['"', '<', '>', '`', '%', '[', ']', '{', '}', '|', '\n']), "{escaped}");
        }
    }

    #[test]
    fn what_is_too_much_is_folded_and_counted() {
        let ids: Vec<_> = (0..10_000).map(|n| UserId::from_service(format!("user-{n:05}"))).collect();
        let directory = Directory::default();
        let mut star = Graph::default();
        star.labels.insert(Key::Role("r"), "r".into());
        for id in &ids {
            let user = star.user(id, &directory);
            star.edge(Key::Role("r"), "everyone".into(), user);
        }
        let (count, characters) = edges(&star);
        assert!((100..=500).contains(&count) && characters <= 50_000, "{count} {characters}");
        assert!(star.drawn().contains("and 9800 more"));
        // Nothing to fold: each leads to the next
        let mut line = Graph::default();
        for pair in ids.windows(2) {
            let (from, to) = (line.user(&pair[0], &directory), line.user(&pair[1], &directory));
            line.edge(from, String::new(), to);
        }
        let (count, characters) = edges(&line);
        assert!((100..=500).contains(&count) && characters <= 50_000, "{count} {characters}");
        assert!(line.drawn().contains("ways are not drawn"));
    }
}
