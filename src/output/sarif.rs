//! Findings as SARIF 2.1.0, for code scanning.
//!
//! GitHub shows no result without a file: a finding stands at the role's line in the definitions, else at line 1 of a
//! path that is named after the organization and the same in every run. It compares runs by the fingerprint alone.

use serde_json::{Value, json};
use sha2::Digest as _;

use super::{sanitize, text};
use crate::audit::finding::{Finding, NotChecked};
use crate::audit::report::{LOWER_BOUND, Report};
use crate::definition::model::Accepted;
use crate::finding_code::{FindingCode, Level};
use crate::organization::Organization;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The document of one organization.
pub(super) fn document(report: &Report<'_>) -> Value {
    of_runs(vec![run(report)])
}

/// The run of one organization.
pub(super) fn run(report: &Report<'_>) -> Value {
    let accepted = report.sorted.accepted.iter().filter(|_| report.show_accepted);
    let open = report.sorted.open.iter().map(|finding| result(report, finding, None));
    let results: Vec<_> =
        open.chain(accepted.map(|(finding, accepted)| result(report, finding, Some(accepted)))).collect();
    let notifications: Vec<_> = report.not_checked.iter().map(notification).collect();
    json!({
        "tool": tool(),
        "automationDetails": {"id": format!("wmrole/{}", report.organization.id)},
        "invocations": [{
            "executionSuccessful": true,
            "toolExecutionNotifications": notifications,
        }],
        "properties": {"lowerBound": LOWER_BOUND},
        "results": results,
    })
}

/// The run of an organization or a Region that could not be read.
pub(super) fn failed_run(name: &str, error: &str) -> Value {
    json!({
        "tool": tool(),
        "automationDetails": {"id": format!("wmrole/{}", uri(name))},
        "invocations": [{
            "executionSuccessful": false,
            "toolExecutionNotifications": [{"level": "error", "message": {"text": message(error)}}],
        }],
        "results": [],
    })
}

/// The document of runs, one an organization.
pub(super) fn of_runs(runs: Vec<Value>) -> Value {
    json!({"$schema": SCHEMA, "version": "2.1.0", "runs": runs})
}

fn tool() -> Value {
    json!({"driver": {
        "name": "wmrole",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": FindingCode::ALL.map(rule),
    }})
}

/// GitHub's bands: 7.0 and more is high, 4.0 medium, below low.
fn severity(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::High => ("error", "8.0"),
        Level::Medium => ("warning", "5.5"),
        Level::Low => ("note", "2.0"),
    }
}

fn rule(code: FindingCode) -> Value {
    let (level, score) = severity(code.level());
    json!({
        "id": code.as_str(),
        "shortDescription": {"text": code.title()},
        "fullDescription": {"text": format!("{}. {}", code.title(), code.meaning())},
        "help": {"text": format!("{} The result says what to do. Look at it with `wmrole audit`.", code.meaning())},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["security"], "precision": "high", "security-severity": score},
    })
}

fn result(report: &Report<'_>, finding: &Finding, accepted: Option<&Accepted>) -> Value {
    let Finding { code, level, role, summary, evidence, .. } = finding;
    let evidence: String = evidence.iter().map(|line| format!("\n{line}")).collect();
    let location = finding.place.as_ref().map(|span| report.sources.location(span));
    let (file, line, column) = match location {
        Some(at) => (uri(at.file.strip_prefix("./").unwrap_or(&at.file)), at.line, at.column),
        None => (format!("workmail/{}", uri(report.organization.id.as_str())), 1, 1),
    };
    let index = FindingCode::ALL.iter().position(|one| one == code);
    let logical = role.as_ref().map(|role| {
        json!([{"name": message(role.name.as_str()), "fullyQualifiedName": message(role.id.as_str()), "kind": "role"}])
    });
    let mut result = json!({
        "ruleId": code.as_str(),
        "ruleIndex": index,
        "level": severity(*level).0,
        "message": {"text": message(&format!("{summary}.{evidence}\nRemedy: {}", finding.remedy()))},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": file},
                "region": {"startLine": line, "startColumn": column},
            },
        }],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint(report.organization, finding)},
    });
    if let Some(logical) = logical {
        result["locations"][0]["logicalLocations"] = logical;
    }
    if let Some(accepted) = accepted {
        let why = message(&text::findings::acceptance(accepted));
        result["suppressions"] = json!([{"kind": "external", "status": "accepted", "justification": why}]);
    }
    result
}

fn notification(one: &NotChecked) -> Value {
    let NotChecked { code, reason, mailbox } = one;
    let about = mailbox.as_ref().map_or(String::new(), |id| format!(" of {id}"));
    json!({
        "level": "error",
        "message": {"text": message(&format!("not checked: {}{about}: {reason}", code.as_str()))},
        "associatedRule": {"id": code.as_str()},
    })
}

/// A plain text message, in which brackets would be a link.
fn message(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(sanitize::command_data).collect();
    lines.join("\n").replace('[', "\\[").replace(']', "\\]")
}

/// A path as a relative reference.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

/// The same for the same finding in every run, wherever it stands and whatever its words are.
fn fingerprint(organization: &Organization, finding: &Finding) -> String {
    let Finding { code, role, gone, mailbox, subject, .. } = finding;
    let role = role.as_ref().map(|role| &role.id).or(gone.as_ref()).map_or("", |id| id.as_str());
    let mailbox = mailbox.as_ref().map_or("", |id| id.as_str());
    let parts = [organization.id.as_str(), code.as_str(), role, mailbox, subject];
    let hash = sha2::Sha256::digest(parts.join("\n"));
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>() + ":1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_relative_reference() {
        assert_eq!(uri("roles/a b.yaml"), "roles/a%20b.yaml");
        assert_eq!(uri("<stdin>:é"), "%3Cstdin%3E%3A%C3%A9");
    }

    #[test]
    fn no_message_is_a_link() {
        assert_eq!(message("a [x](https://evil.example)\nb"), "a \\[x\\](https://evil.example)\nb");
        for text in crate::testing::hostile::TEXTS {
            assert_eq!(crate::testing::hostile::terminal(&message(text)), [""; 0]);
        }
    }
}
