//! What may pass: operations, and whom they are for.

use super::operation::{Kind, Operation};
use super::refusal::Refusal;

/// No address is longer, in bytes (RFC 5321).
const MAX_ADDRESS: usize = 254;

/// What the command line says of what may pass.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// The primary address of the only user; none where each request names its own.
    pub(crate) user: Option<String>,
    /// Nothing passes that changes something.
    pub(crate) read_only: bool,
    /// Operations that may leave something behind.
    pub(crate) allowed: Vec<String>,
}

impl Rules {
    /// The operation of this name, where it may pass.
    ///
    /// # Errors
    /// When it is not known, or may not.
    pub(super) fn operation(&self, name: &str) -> Result<&'static Operation, Refusal> {
        let Some(operation) = Operation::find(name) else {
            let text = format!("wmrole proxy passes no {name}: Exchange2010_SP2 has no such operation.");
            return Err(Refusal::Fault("ErrorInvalidOperation", text));
        };
        match operation.kind {
            Kind::Read => Ok(operation),
            _ if self.read_only => Err(read_only(operation)),
            Kind::Leaves => self.leave(operation, "it leaves something behind when the role is gone"),
            Kind::Change => Ok(operation),
        }
    }

    /// May an element stand in the operation?
    ///
    /// # Errors
    /// When it makes the operation leave something behind.
    pub(super) fn part(&self, operation: &'static Operation, element: &str) -> Result<(), Refusal> {
        match operation.leaves_by(element) {
            false => Ok(()),
            true if self.read_only => Err(read_only(operation)),
            true => {
                let why = format!("with {element} it leaves something behind when the role is gone");
                self.leave(operation, &why).map(drop)
            }
        }
    }

    fn leave(&self, operation: &'static Operation, why: &str) -> Result<&'static Operation, Refusal> {
        let name = operation.name;
        match self.allowed.iter().any(|allowed| allowed == name) {
            true => Ok(operation),
            false => {
                let text = format!(
                    "wmrole proxy does not pass {name} on: {why}. It passes with --allow-operation {name}."
                );
                Err(Refusal::Denied(operation, text))
            }
        }
    }

    /// Whom the request is for, given whom it names itself.
    ///
    /// # Errors
    /// When it is somebody else than it may be, or nobody.
    pub(super) fn user(&self, named: Option<&str>) -> Result<String, Refusal> {
        match (&self.user, named) {
            (Some(user), None) => Ok(user.clone()),
            (Some(user), Some(named)) if is_same_address(user, named) => Ok(user.clone()),
            (Some(user), Some(_)) => Err(Refusal::Fault(
                "ErrorImpersonateUserDenied",
                format!("wmrole proxy runs with --as {user}: it passes no request for a different user."),
            )),
            (None, Some(named)) if is_address(named) => Ok(named.to_owned()),
            (None, Some(_)) => Err(invalid_header("the address in ConnectingSID is none")),
            (None, None) => Err(invalid_header(
                "the request names no user in ExchangeImpersonation, and there is no --as",
            )),
        }
    }
}

/// The fault for a header that names the user in a form that does not pass.
pub(super) fn invalid_header(problem: &str) -> Refusal {
    Refusal::Fault("ErrorInvalidExchangeImpersonationHeaderData", format!("wmrole proxy: {problem}."))
}

fn read_only(operation: &'static Operation) -> Refusal {
    let text = format!("wmrole proxy runs with --read-only, and {} may change something.", operation.name);
    Refusal::Denied(operation, text)
}

/// Addresses are compared without case, as EWS does.
pub(super) fn is_same_address(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// Is it one address, and nothing beside it?
fn is_address(text: &str) -> bool {
    let has_parts = text
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
    has_parts
        && text.len() <= MAX_ADDRESS
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "\"<>()[]\\,;:&".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> String {
        match result.expect_err("refused") {
            Refusal::Fault(code, _) => code.to_owned(),
            Refusal::Denied(operation, _) => format!("denied {}", operation.name),
            refusal => format!("{refusal:?}"),
        }
    }

    #[test]
    fn without_flags_what_is_known_passes_unless_it_leaves_something_behind() {
        let rules = Rules::default();
        for name in ["GetItem", "CreateItem", "DeleteFolder", "Subscribe", "UpdateFolder"] {
            assert_eq!(rules.operation(name).expect("passes").name, name);
        }
        for name in ["UpdateInboxRules", "AddDelegate", "UpdateDelegate", "RemoveDelegate"] {
            assert_eq!(code(rules.operation(name)), format!("denied {name}"));
            let rules = Rules { allowed: vec![name.to_owned()], ..Rules::default() };
            assert_eq!(rules.operation(name).expect("passes").name, name);
        }
        for name in ["", "getitem", "InstallApp", "CreateItemResponse"] {
            assert_eq!(code(rules.operation(name)), "ErrorInvalidOperation");
        }
    }

    #[test]
    fn read_only_is_a_list_of_what_passes_whatever_is_allowed() {
        let allowed = vec!["UpdateInboxRules".to_owned(), "Subscribe".to_owned()];
        let rules = Rules { read_only: true, allowed, ..Rules::default() };
        assert!(rules.operation("GetItem").is_ok());
        for name in ["CreateItem", "SendItem", "UpdateInboxRules", "MoveItem"] {
            assert_eq!(code(rules.operation(name)), format!("denied {name}"));
        }
        let subscribe = rules.operation("Subscribe").expect("pull passes");
        assert_eq!(code(rules.part(subscribe, "PushSubscriptionRequest")), "denied Subscribe");
    }

    #[test]
    fn a_part_that_leaves_something_behind_needs_leave() {
        for (name, part) in [
            ("Subscribe", "PushSubscriptionRequest"),
            ("CreateFolder", "PermissionSet"),
            ("UpdateFolder", "PermissionSet"),
        ] {
            let operation = Operation::find(name).expect("known");
            assert_eq!(code(Rules::default().part(operation, part)), format!("denied {name}"));
            assert_eq!(Rules::default().part(operation, "Folder"), Ok(()));
            let rules = Rules { allowed: vec![name.to_owned()], ..Rules::default() };
            assert_eq!(rules.part(operation, part), Ok(()));
        }
    }

    #[test]
    fn the_user_is_the_one_of_the_command_line_or_the_one_that_is_named() {
        let rules = Rules { user: Some("Alice@example.com".into()), ..Rules::default() };
        for named in [None, Some("alice@EXAMPLE.com")] {
            assert_eq!(rules.user(named), Ok("Alice@example.com".into()));
        }
        for named in ["", "bob@example.com", "alice@example.com.evil.example", " alice@example.com"] {
            assert_eq!(code(rules.user(Some(named))), "ErrorImpersonateUserDenied");
        }
        let rules = Rules::default();
        assert_eq!(rules.user(Some("bob@example.com")), Ok("bob@example.com".into()));
        let long = format!("{}@example.com", "x".repeat(MAX_ADDRESS));
        for named in [
            None,
            Some(""),
            Some("bob"),
            Some("@example.com"),
            Some("a@b@c"),
            Some("a@b, c@d"),
            Some("a@b;c"),
            Some("<a@b>"),
            Some("a@b\u{a0}"),
            Some(&long),
        ] {
            assert_eq!(code(rules.user(named)), "ErrorInvalidExchangeImpersonationHeaderData", "{named:?}");
        }
    }
}
