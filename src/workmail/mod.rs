//! The official SDK behind this crate's own values: what the service has and does.
//!
//! The only room that names operations and types of `aws_*`; no type, error or log event of the SDK leaves it. [`Reader`]
//! has no writing methods, so that code that plans cannot write; [`Writer`] is a reader that can.
//! Every call takes one of [`Options::concurrency`] permits, fewer while the service throttles, and keeps it through
//! its retries,
//! leaves events under the target `wmrole::api`, or `wmrole::detail`, and turns a failure into an [`Error`] that
//! says what could not be done and why. The room knows nothing of commands, plans or definitions.

mod account;
mod call;
mod client;
pub(crate) mod connect;
mod convert;
mod endpoint;
mod error;
mod guard;
mod limits;
mod notice;
pub(crate) mod operation;
mod options;
mod pace;
mod pages;
mod reader;
mod regions;
mod response;
mod retry;
mod seen;
mod token;
mod trace;
mod trail;
mod writer;

pub(crate) use account::Account;
pub(crate) use connect::connect;
pub(crate) use connect::http_client::{is_in_clear, is_on_this_machine, proxy};
pub(crate) use error::chain::{chain, is_connect, is_too_long};
pub(crate) use error::{Error, ErrorKind};
pub(crate) use limits::Limits;
pub(crate) use notice::{Listener, Notice};
pub(crate) use options::Options;
pub(crate) use reader::Reader;
pub(crate) use regions::{REGIONS, region_list};
pub(crate) use response::GroupSummary;
pub(crate) use seen::Origin;
pub(crate) use token::Token;
pub(crate) use trail::{Lookup, Page, Trail};
pub(crate) use writer::Writer;
