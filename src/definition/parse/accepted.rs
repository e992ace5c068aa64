//! Findings of `audit` that were looked at.

use jiff::civil::Date;

use super::parser::Parser;
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::format::ACCEPTED_KEYS;
use crate::definition::model::Accepted;
use crate::definition::span::Spanned;
use crate::definition::suggest::did_you_mean;
use crate::definition::yaml::Node;
use crate::finding_code::FindingCode;
use crate::id::EntityName;
use crate::role::RoleName;

/// Which keys say what a finding of a code is about.
struct FindingKeys([(&'static str, bool); 5]);

impl FindingKeys {
    fn of(code: FindingCode) -> Self {
        Self([
            ("role", code.has_role()),
            ("mailbox", code.has_mailbox()),
            ("account", code.has_account()),
            ("mailboxes", code.has_mailboxes()),
            ("id", code.has_id()),
        ])
    }
}

impl Parser<'_> {
    pub(super) fn accepted(&mut self, node: &Node) -> Vec<Accepted> {
        let items = self.list(node, "accepted").unwrap_or_default();
        items.iter().filter_map(|item| self.accepted_finding(item)).collect()
    }

    fn accepted_finding(&mut self, node: &Node) -> Option<Accepted> {
        let fields = self.fields(node, "an accepted finding", ACCEPTED_KEYS)?;
        let value = |key: &str| fields.get(key).map(|(_, value)| *value);
        let code = match value("code") {
            Some(code) => self.finding_code(code),
            None => {
                self.error(DiagnosticCode::UnknownFinding, node, "the accepted finding has no code");
                None
            }
        };
        let role = value("role").and_then(|role| self.parsed(role, "a role", RoleName::parse));
        let mailbox =
            value("mailbox").and_then(|mailbox| self.parsed(mailbox, "a mailbox", EntityName::parse));
        let account =
            value("account").and_then(|account| self.parsed(account, "an account", EntityName::parse));
        let mailboxes = value("mailboxes").map(|list| self.entities(list, "mailboxes")).unwrap_or_default();
        let id = value("id").and_then(|id| self.scalar(id, "id"));
        let until = value("until").and_then(|until| self.date(until));
        let reason = match value("reason") {
            Some(reason) => self.text(reason, "reason").map(|text| text.trim().to_owned()),
            None => Some(String::new()),
        };
        if reason.as_deref() == Some("") {
            let error = Diagnostic::error(
                DiagnosticCode::AcceptedWithoutReason,
                &self.at(value("reason").unwrap_or(node)),
                "the accepted finding has no reason",
            )
            .help("write `reason:` and why it may stay");
            self.diagnostics.push(error);
        }
        let code = code?;
        // What is left out would accept findings that nobody has looked at
        let FindingKeys(keys) = FindingKeys::of(code.value);
        let mut is_exact = true;
        for (key, needed) in keys {
            is_exact &= self.required(key, value(key), needed, node, &code);
        }
        is_exact.then_some(())?;
        Some(Accepted { code, role, mailbox, account, mailboxes, id, reason: reason?, until })
    }

    /// Is the key there where the code needs it, and nowhere else?
    fn required(
        &mut self,
        key: &str,
        value: Option<&Node>,
        needed: bool,
        node: &Node,
        code: &Spanned<FindingCode>,
    ) -> bool {
        let error = match (value, needed) {
            (None, true) => Diagnostic::error(
                DiagnosticCode::AcceptedTooMuch,
                &self.at(node),
                format!("the accepted finding has no {key}"),
            )
            .help(format!("a finding of {} is accepted for one {key} at a time", code.value.as_str())),
            (Some(value), false) => Diagnostic::error(
                DiagnosticCode::AcceptedTooMuch,
                &self.at(value),
                format!("a finding of {} is about no {key}", code.value.as_str()),
            )
            .help(format!("remove `{key}`")),
            _ => return true,
        };
        self.diagnostics.push(error);
        false
    }

    fn finding_code(&mut self, node: &Node) -> Option<Spanned<FindingCode>> {
        let text = self.text(node, "code")?;
        if let Some(code) = FindingCode::parse(text) {
            return Some(Spanned { value: code, span: self.at(node) });
        }
        let names = FindingCode::ALL.map(FindingCode::as_str);
        let error = Diagnostic::error(
            DiagnosticCode::UnknownFinding,
            &self.at(node),
            format!("audit has no finding {text}"),
        )
        .help(format!("the findings are {}", names.join(", ")))
        .maybe_help(did_you_mean(text, names));
        self.diagnostics.push(error);
        None
    }

    fn date(&mut self, node: &Node) -> Option<Date> {
        let text = self.scalar(node, "until")?;
        // What jiff takes besides has a time of day, which would be left out
        let date = text.parse().ok().filter(|date: &Date| date.to_string() == text);
        if date.is_none() {
            let error = Diagnostic::error(
                DiagnosticCode::InvalidValue,
                &self.at(node),
                format!("{text} is not a date"),
            )
            .help("write year, month and day, as 2027-01-31");
            self.diagnostics.push(error);
        }
        date
    }
}

#[cfg(test)]
mod tests {
    use crate::definition::model::Document;
    use crate::definition::parse::parse;

    fn parsed(entry: &str) -> (Option<Document>, Vec<String>) {
        let text = format!("version: 1\naccepted:\n  - {entry}\nroles: []\n");
        let (document, found) = parse(0, &text);
        let found = found.into_iter().map(|one| {
            let span = one.span.map(|span| text[span.range].to_owned()).unwrap_or_default();
            format!("{} | {} | {span} | {}", one.code, one.message, one.help.unwrap_or_default())
        });
        (document, found.collect())
    }

    #[test]
    fn what_is_accepted_is_read() {
        let (document, found) =
            parsed("{code: everyone-full-access, role: Migration, reason: it runs, until: 2027-01-31}");
        assert_eq!(found, [""; 0]);
        let accepted = &document.expect("a document").accepted[0];
        assert_eq!(accepted.code.value.as_str(), "everyone-full-access");
        assert_eq!(accepted.until.map(|date| date.to_string()).as_deref(), Some("2027-01-31"));
        let (document, found) =
            parsed("{code: transitive-access, role: r, mailbox: ceo@example.com, reason: known}");
        assert_eq!((found, document.expect("a document").accepted[0].until), (vec![], None));
        assert_eq!(parsed("{code: no-access-rule, reason: no fixed address}").1, [""; 0]);
    }

    #[test]
    fn what_accepts_more_than_was_looked_at_is_an_error() {
        for (entry, message) in [
            ("{role: r, reason: x}", "unknown-finding | the accepted finding has no code"),
            (
                "{code: dead-rulez, role: r, reason: x}",
                "unknown-finding | audit has no finding dead-rulez | dead-rulez | did you mean dead-rule?",
            ),
            ("{code: dead-rule, role: r}", "accepted-without-reason | the accepted finding has no reason"),
            (
                "{code: dead-rule, role: r, reason: ' '}",
                "accepted-without-reason | the accepted finding has no reason | ' '",
            ),
            ("{code: dead-rule, reason: x}", "accepted-too-much | the accepted finding has no role"),
            (
                "{code: protected-user, role: r, reason: x}",
                "accepted-too-much | the accepted finding has no mailbox",
            ),
            (
                "{code: no-access-rule, role: r, reason: x}",
                "accepted-too-much | a finding of no-access-rule is about no role | r",
            ),
            (
                "{code: drift, role: r, mailbox: m, reason: x}",
                "accepted-too-much | a finding of drift is about no mailbox | m",
            ),
            (
                "{code: drift, role: r, reason: x, until: soon}",
                "invalid-value | soon is not a date | soon | write year, month and day",
            ),
            (
                "{code: drift, role: r, reason: x, until: 2027-01-31T10:00}",
                "invalid-value | 2027-01-31T10:00 is not a date",
            ),
            ("{code: drift, role: r, reason: x, since: 1}", "unknown-key | unknown key since"),
        ] {
            let (_, found) = parsed(entry);
            assert!(found.len() == 1 && found[0].starts_with(message), "{entry}: {found:?}");
        }
    }
}
