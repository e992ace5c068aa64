//! What every command has: the options, the terminal, what signals do, and a way to the service.

pub(crate) mod child;
pub(crate) mod connection;
mod ews_url;
pub(crate) mod interrupt;
pub(crate) mod secrecy;

pub(crate) use connection::Connection;

use self::interrupt::Interrupts;
use crate::config::Config;
use crate::organization::Organization;
use crate::output::text;
use crate::output::ui::Ui;

/// What every command has.
#[derive(Debug)]
pub(crate) struct Context {
    /// The terminal.
    pub(crate) ui: Ui,
    /// The options of the call.
    pub(crate) config: Config,
    /// What a signal does.
    pub(crate) interrupts: Interrupts,
}

impl Context {
    /// What a command has from the start.
    pub(crate) fn new(config: Config) -> Self {
        Self { ui: Ui::new(&config), config, interrupts: Interrupts::default() }
    }

    /// Says on a terminal which organization a command reads.
    pub(crate) fn say_where(&self, organization: &Organization) {
        self.ui.place(&text::place::place(&self.config, organization));
    }
}
