//! Definitions that several tests use.

/// The id of the demo's role Ticket triage.
pub(crate) const TRIAGE_ID: &str = "30000001-0000-4000-8000-000000000001";

/// Lets the demo's role Ticket triage reach carol too.
pub(crate) const TRIAGE: &str = "version: 1
organization: acme
roles:
  - name: Ticket triage
    type: READ_ONLY
    rules:
      - {name: support, effect: ALLOW, users: [alice, bob, carol]}
    expect:
      allow: [alice, carol]
      deny: [ceo]
";

/// A document of one role.
pub(crate) fn read_only(name: &str, rest: &str) -> String {
    format!("version: 1\nroles:\n  - {{name: {name}, type: READ_ONLY, {rest}}}\n")
}

/// The file of the demo's definitions, which create a role and update two.
pub(crate) fn example() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/examples/acme.yaml").to_owned()
}
