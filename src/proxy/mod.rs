//! EWS on this machine for clients that cannot hold a token: a server on loopback that lets in whoever has the
//! password of this run, reads what each request asks for, and passes on what it understands with the role's token.
//!
//! It fails closed. [`door`] decides by the head of HTTP; [`rewrite`] reads the XML as it arrives and writes it anew, so
//! that EWS gets nothing but what was understood here: one envelope with the version, the user and the known headers,
//! and in it tags and text, with neither comments, CDATA nor a prolog of the client. [`rules`] says what may pass.
//! A request of up to 1 MiB is read to its end before anything of it is sent. Of a longer one EWS never gets the end
//! unless all of it may pass. The room knows nothing of commands and of the terminal.

mod answer;
mod door;
mod headers;
mod log;
mod mailbox;
mod operation;
mod outgoing;
mod pass;
mod password;
mod refusal;
mod renewal;
mod rewrite;
mod rules;
mod scanner;
mod server;
mod upload;

pub(crate) use log::Log;
pub(crate) use operation::allowable;
pub(crate) use pass::{Limits, Settings};
pub(crate) use password::Password;
pub(crate) use renewal::{Over, Tokens};
pub(crate) use rules::Rules;
pub(crate) use server::Server;

#[cfg(test)]
mod tests;
