//! `wmrole` administers Amazon WorkMail impersonation roles: who may act in whose mailbox over EWS.

pub mod access;
pub mod apply;
pub mod cli;
pub mod commands;
pub mod definition;
pub mod directory;
pub mod exit;
pub mod id;
pub mod output;
pub mod plan;
pub mod role;
pub mod sandbox;
pub mod workmail;
