//! A stand-in for the WorkMail service: its HTTP, its limits and its errors, over a state file.
//!
//! [`Store`] keeps the state, [`Server`] responds for it, [`Faults`] make calls fail. It must not know
//! the SDK, `workmail/` or the commands. It shares the evaluation of rules with the program, so that
//! a response that differs from the program's own answer is a fault of one of them.
//!
//! # What is not known of the service, and what was chosen
//!
//! Documented behaviour is followed; where the documentation and the SDK's model are silent:
//!
//! Requests
//! - Credentials, signatures and the Region are ignored. All organizations are in us-east-1
//!   and belong to the account 111122223333.
//! - A member that is missing or breaks a limit is an `InvalidParameterException`, in operations
//!   that do not model it too. A wrong type or malformed JSON is a `SerializationException`. The
//!   first violation alone is reported. Unknown members are ignored.
//! - An operation without output responds with an empty body. A path other than `/` is a 404.
//! - Lists are sorted by id, roles by their time of creation. A token is refused with another
//!   list, and with the same list under other filters.
//! - Filters compare prefixes without case. More than one filter is an `InvalidParameterException`.
//! - Names and addresses are compared without case; an id wins over a name, a name or address is
//!   looked up among users, then groups, then resources. Aliases are addresses too.
//!
//! Impersonation roles
//! - The same `ClientToken` with the same request returns the same role for as long as it exists,
//!   even if it was updated; after its deletion a new one is made. With another request it is an
//!   `InvalidParameterException`.
//! - An update without `Description` clears it.
//! - Names of roles and ids of rules may repeat. The number of roles is not limited, a page is 20.
//! - `TargetUsers` and `NotTargetUsers` take names and addresses and keep ids, each once. A new
//!   unknown user is an `EntityNotFoundException`, a new deleted one an `EntityStateException`, a
//!   disabled one is taken. An update may keep ids that the role has and the directory has not.
//!   Groups and resources are no users.
//! - Deleting a missing role succeeds. Deleting one ends its tokens.
//! - The effect for a user who is not enabled is an `EntityStateException`. Rules change it at once.
//! - A rule with both lists matches users who are in the first and not in the second.
//! - Assuming a role needs no rule and no enabled user. Only the token's hash is kept.
//!
//! Users and groups
//! - `CreateUser` makes a disabled user without an address; the 1,001st is a
//!   `LimitExceededException`, which the operation does not model (`user_limit` in the state says
//!   how many). Passwords have at least 8 characters and are forgotten. No name is reserved.
//! - `DeregisterFromWorkMail` keeps the address and the permissions that the entity has elsewhere,
//!   and removes those on its mailbox; for an entity that is not enabled it is an
//!   `EntityStateException`.
//! - `RegisterToWorkMail` of an enabled entity changes nothing with one of its addresses, and is an
//!   `EntityAlreadyRegisteredException` with a different one.
//! - `DeleteUser` and `DeleteGroup` succeed for missing entities; for enabled ones they are an
//!   `EntityStateException`. The entity disappears at once, from groups and permissions too, while
//!   roles and access control rules keep its id.
//! - Disabled groups may have members; a group cannot be in itself, longer cycles are possible.
//!   `ListGroupsForEntity` gives the groups that it is a direct member of.
//! - Mailbox permissions need both sides enabled, at least one value, and a grantee who is a user
//!   or a group.
//!
//! Access control rules
//! - All conditions of a rule must hold; an empty list is none. A condition on users never holds
//!   for a role and the other way round, so a rule with both matches nothing. DENY wins over ALLOW.
//! - At most 10 rules (`LimitExceededException`). Only IPv4, as in the model.
//!
//!
//! Personal access tokens, export jobs, migration
//! - Without a configuration of an identity provider the list of tokens is empty. Deleting a missing
//!   token succeeds. No operation makes a token: they are written into the state.
//! - An export job runs until it is cancelled, and is listed for as long; cancelling one that has ended
//!   succeeds. The number of jobs is not limited. The path is the prefix, the job's id and `.zip`.
//! - The migration administrator is written into the state, as the console does it.
//!
//! CloudTrail
//! - Calls of WorkMail are recorded, those of CloudTrail and EWS are not; a call that is dropped before it is made
//!   or whose credentials have expired is not either. Events can be looked up at once.
//! - Names of members begin with a small letter in records. Responses of what reads are null; tokens and passwords
//!   read `HIDDEN_DUE_TO_SECURITY_REASONS`. What is longer than 64 KiB is left out. `AssumeImpersonationRole` is no
//!   read. No resources are named.
//! - The caller is the user called as the access key id, which GetCallerIdentity says too.
//! - A token belongs to its question, and a page to the events that there are when it is asked for. Events older than
//!   90 days are not shown; of so many that they take 16 MiB, reads are forgotten first.
//!
//! What is not known of EWS stands in [`ews`].

mod aws_json;
mod base64;
mod body;
mod contents;
mod ews;
mod faults;
mod hash;
mod http;
mod lookup;
mod made;
pub(crate) mod model;
mod operations;
mod recorder;
mod seed;
mod seed_mail;
mod service_error;
mod settings;
mod store;
mod sts;
mod trail;
mod wire;

pub(crate) use faults::{Fault, Faults};
pub(crate) use http::Server;
pub(crate) use recorder::Calls;
pub(crate) use seed::Seed;
pub(crate) use settings::{Settings, TOKEN_SECONDS};
pub(crate) use store::Store;
#[cfg(test)]
pub(crate) use {faults::FaultKind, store::StoreError};

#[cfg(test)]
mod tests;
