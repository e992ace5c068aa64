//! Lines of several organizations that are changed at the same time, in the order of the organizations: those of the
//! first at once, those of the next as soon as the one before has ended.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::output::style::Line;
use crate::output::ui::Ui;
use crate::sorted;

/// The lines that wait for their turn. Those that still do are written when this goes away, as when the run is
/// interrupted.
pub(super) struct Ordered<'a> {
    ui: &'a Ui,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    current: usize,
    ended: BTreeSet<usize>,
    waiting: Vec<(usize, Line)>,
}

impl<'a> Ordered<'a> {
    pub(super) fn new(ui: &'a Ui) -> Self {
        Self { ui, state: RefCell::default() }
    }

    /// A line of the organization with this number.
    pub(super) fn line(&self, part: usize, line: Line) {
        let mut state = self.state.borrow_mut();
        if part == state.current {
            self.ui.report_line(&line);
        } else {
            state.waiting.push((part, line));
        }
    }

    /// The organization with this number has no more lines.
    pub(super) fn end(&self, part: usize) {
        let mut state = self.state.borrow_mut();
        state.ended.insert(part);
        while state.ended.contains(&state.current) {
            state.current += 1;
            let current = state.current;
            let (now, later): (Vec<_>, Vec<_>) =
                state.waiting.drain(..).partition(|(part, _)| *part == current);
            state.waiting = later;
            now.iter().for_each(|(_, line)| self.ui.report_line(line));
        }
    }
}

impl Drop for Ordered<'_> {
    fn drop(&mut self) {
        let mut waiting = std::mem::take(&mut self.state.get_mut().waiting);
        sorted::by_key(&mut waiting, |(part, _)| *part);
        waiting.iter().for_each(|(_, line)| self.ui.report_line(line));
    }
}
