//! Ways to mailboxes as a drawing: where each box stands, and which lines join them. Pure; the template makes the SVG.
//!
//! A role stands at the left, and a step to a mailbox leads to the right. Boxes never overlap: each end of a way has a
//! row of its own, and what leads to it begins on the row of the first. What is more than a page holds is folded.

use crate::output::style::{counted, within};

/// Rows of one drawing, so that it fits onto a sheet of paper.
const MOST_ROWS: usize = 20;
/// So many ways on are kept of each box, the first that lets the drawing fit.
const KEPT: [usize; 6] = [20, 10, 5, 3, 2, 1];

/// In pixels.
const WIDTH: usize = 230;
const HEIGHT: usize = 42;
const GAP: usize = 48;
const ROW: usize = HEIGHT + 14;
const MARGIN: usize = 2;

/// Columns of a label that a box has room for.
const LABEL: usize = 26;
/// As [`LABEL`], in smaller type.
const DETAIL: usize = 31;

/// One box on a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) label: String,
    /// What leads to it.
    pub(super) detail: String,
}

/// A box, and where the ways go on from it.
#[derive(Debug, Clone)]
struct Tree {
    stop: Stop,
    then: Vec<Tree>,
    /// It stands for others that are not drawn.
    folded: bool,
}

/// A box, as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) x: usize,
    pub(super) y: usize,
    /// As much as there is room for.
    pub(super) label: String,
    pub(super) detail: String,
    /// All of both.
    pub(super) whole: String,
    /// `role`, `reached`, `beyond` or `folded`.
    pub(super) kind: &'static str,
}

/// A line, from the right end of a box to the left end of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) x1: usize,
    pub(super) y1: usize,
    /// Where it turns.
    pub(super) middle: usize,
    pub(super) x2: usize,
    pub(super) y2: usize,
    /// EWS does not open it to the role: it is open to whoever gets at the account before it.
    pub(super) indirect: bool,
    /// An arrow stands at its end.
    pub(super) arrow: bool,
}

/// A drawing of one role.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Drawing {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    /// How many ways end outside of the drawing.
    pub(super) not_drawn: usize,
}

/// Of a box, for the template.
pub(super) const BOX: (usize, usize) = (WIDTH, HEIGHT);

impl Tree {
    fn new(stop: Stop) -> Self {
        Self { stop, then: Vec::new(), folded: false }
    }

    fn add(&mut self, way: &[Stop]) {
        let Some((first, rest)) = way.split_first() else { return };
        let at = self.then.iter().position(|next| next.stop == *first).unwrap_or_else(|| {
            self.then.push(Self::new(first.clone()));
            self.then.len() - 1
        });
        self.then[at].add(rest);
    }

    fn rows(&self) -> usize {
        self.then.iter().map(Self::rows).sum::<usize>().max(1)
    }

    /// How many boxes stand behind it.
    fn behind(&self) -> usize {
        self.then.iter().map(|next| 1 + next.behind()).sum()
    }

    /// The same with so many ways on from each box, and one box for the others.
    fn folded(&self, keep: usize) -> Self {
        let mut then: Vec<Self> = self.then.iter().take(keep).map(|next| next.folded(keep)).collect();
        let left: usize = self.then.iter().skip(keep).map(|next| 1 + next.behind()).sum();
        if left > 0 {
            let label = format!("and {}", counted(left, "more", "more"));
            then.push(Self { folded: true, ..Self::new(Stop { label, detail: String::new() }) });
        }
        Self { stop: self.stop.clone(), then, folded: false }
    }

    fn count_folded(&self) -> usize {
        self.then.iter().map(Self::count_folded).sum::<usize>() + usize::from(self.folded)
    }

    fn place(&self, depth: usize, row: &mut usize, drawing: &mut Drawing) -> (usize, usize) {
        let (x, y) = (MARGIN + depth * (WIDTH + GAP), MARGIN + *row * ROW);
        let Stop { label, detail } = &self.stop;
        let whole = [label, detail].into_iter().filter(|text| !text.is_empty());
        drawing.nodes.push(Node {
            x,
            y,
            label: cut(label, LABEL),
            detail: cut(detail, DETAIL),
            whole: whole.map(String::as_str).collect::<Vec<_>>().join(": "),
            kind: match (self.folded, depth) {
                (true, _) => "folded",
                (false, 0) => "role",
                (false, 1) => "reached",
                (false, _) => "beyond",
            },
        });
        drawing.width = drawing.width.max(x + WIDTH + MARGIN);
        drawing.height = drawing.height.max(y + HEIGHT + MARGIN);
        for next in &self.then {
            let (x2, top) = next.place(depth + 1, row, drawing);
            drawing.edges.push(Edge {
                x1: x + WIDTH,
                y1: y + HEIGHT / 2,
                middle: x + WIDTH + GAP / 2,
                x2,
                y2: top + HEIGHT / 2,
                indirect: depth > 1,
                arrow: !next.folded,
            });
        }
        if self.then.is_empty() {
            *row += 1;
        }
        (x, y)
    }
}

fn cut(text: &str, columns: usize) -> String {
    let cut = within(text, columns);
    if cut.len() < text.len() { format!("{}…", within(text, columns - 1)) } else { text.to_owned() }
}

/// Draws the ways of a role; each begins with somebody whom the role reaches.
pub(super) fn drawn(role: Stop, ways: &[Vec<Stop>]) -> Drawing {
    let mut whole = Tree::new(role);
    ways.iter().for_each(|way| whole.add(way));
    let mut tree = whole.clone();
    for keep in KEPT {
        tree = whole.folded(keep);
        if tree.rows() <= MOST_ROWS {
            break;
        }
    }
    let mut drawing = Drawing::default();
    tree.place(0, &mut 0, &mut drawing);
    drawing.not_drawn = whole.behind() - (tree.behind() - tree.count_folded());
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(label: &str) -> Stop {
        Stop { label: label.to_owned(), detail: format!("to {label}") }
    }

    fn ways(texts: &[&str]) -> Vec<Vec<Stop>> {
        texts.iter().map(|text| text.split(' ').map(stop).collect()).collect()
    }

    fn at<'a>(drawing: &'a Drawing, label: &str) -> &'a Node {
        drawing.nodes.iter().find(|node| node.label == label).expect("a box")
    }

    /// No two boxes share a pixel, all are inside, and each line begins at a box and ends at one.
    fn check(drawing: &Drawing) {
        let (nodes, edges) = (&drawing.nodes, &drawing.edges);
        for (n, a) in nodes.iter().enumerate() {
            assert!(a.x + WIDTH <= drawing.width && a.y + HEIGHT <= drawing.height, "{a:?}");
            for b in &nodes[n + 1..] {
                assert!(a.x.abs_diff(b.x) >= WIDTH || a.y.abs_diff(b.y) >= HEIGHT, "{a:?} and {b:?}");
            }
        }
        assert_eq!(edges.len(), nodes.len() - 1);
        for edge in edges {
            let from = nodes.iter().any(|node| (node.x + WIDTH, node.y + HEIGHT / 2) == (edge.x1, edge.y1));
            let to = nodes.iter().any(|node| (node.x, node.y + HEIGHT / 2) == (edge.x2, edge.y2));
            assert!(from && to && edge.x1 < edge.middle && edge.middle < edge.x2, "{edge:?}");
        }
    }

    #[test]
    fn a_role_without_ways_stands_alone() {
        let drawing = drawn(stop("role"), &[]);
        check(&drawing);
        assert_eq!((drawing.nodes.len(), drawing.not_drawn), (1, 0));
    }

    #[test]
    fn ways_that_begin_alike_share_their_boxes_and_go_to_the_right() {
        let drawing = drawn(stop("role"), &ways(&["carol ceo", "carol ceo cfo", "carol legal", "bob board"]));
        check(&drawing);
        assert_eq!(drawing.nodes.len(), 7);
        assert_eq!(drawing.not_drawn, 0);
        let [carol, ceo, cfo, legal, bob] =
            ["carol", "ceo", "cfo", "legal", "bob"].map(|label| at(&drawing, label));
        assert!(carol.x < ceo.x && ceo.x < cfo.x && ceo.x == legal.x && carol.x == bob.x);
        assert_eq!([carol.kind, ceo.kind, at(&drawing, "role").kind], ["reached", "beyond", "role"]);
        assert_eq!(cfo.whole, "cfo: to cfo");
        // EWS opens the first mailbox that is reached so, and no further one
        let indirect: Vec<_> = drawing.edges.iter().filter(|edge| edge.indirect).collect();
        assert_eq!(indirect.iter().map(|edge| edge.x2).collect::<Vec<_>>(), [cfo.x]);
    }

    #[test]
    fn what_is_too_much_is_folded_and_counted() {
        let names: Vec<String> =
            (0..30).flat_map(|a| (0..30).map(move |b| format!("a{a} b{a}-{b}"))).collect();
        let all = ways(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let drawing = drawn(stop("role"), &all);
        check(&drawing);
        assert!(drawing.height <= MOST_ROWS * ROW, "{}", drawing.height);
        let drawn = drawing.nodes.iter().filter(|node| !["folded", "role"].contains(&node.kind)).count();
        assert_eq!(drawing.not_drawn + drawn, 30 + 900);
        assert!(at(&drawing, "a0").y == MARGIN);
    }

    #[test]
    fn a_long_label_is_cut_and_whole_beside_it() {
        let long = "日本語".repeat(20);
        let drawing = drawn(stop(&long), &[]);
        assert!(drawing.nodes[0].label.ends_with('…'));
        assert_eq!(drawing.nodes[0].whole, format!("{long}: to {long}"));
    }
}
