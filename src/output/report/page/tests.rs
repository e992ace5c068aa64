use std::collections::BTreeSet;

use super::*;
use crate::audit::accepted::Sorted;
use crate::audit::report::Report;
use crate::id::OrganizationId;
use crate::organization::Organization;
use crate::plan::RoleRef;
use crate::role::tests::{role, rule};
use crate::role::{Description, Effect, Role, RoleName, RuleName};
use crate::testing::{golden, hostile};
use crate::usage::{Event, EventRole};

fn finding(summary: &str) -> Finding {
    Finding::new(FindingCode::TransitiveAccess, summary.to_owned())
}

#[test]
fn the_policy_allows_this_style_and_this_script_and_nothing_else() {
    use sha2::{Digest as _, Sha256};
    let hash = |text: &str| base64(&Sha256::digest(text));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\n",
        hash(STYLE),
        hash(SCRIPT)
    );
    golden::check("src/output/report/policy.txt", &policy);
}

fn user(n: usize, text: &str) -> User {
    let text = Some(text.to_owned());
    User {
        id: UserId::from_service(format!("10000001-0000-4000-8000-{n:012}")),
        email: text.clone(),
        name: text.clone(),
        display_name: text,
        state: State::Enabled,
    }
}

fn live(n: usize, name: &str, rules: Vec<Rule>) -> LiveRole {
    LiveRole {
        id: RoleId::from_service(format!("30000001-0000-4000-8000-{n:012}")),
        role: Role { name: RoleName::from_service(name), ..role(rules) },
        rules_unknown: false,
        created: None,
        modified: None,
    }
}

/// The page of an organization, with these findings.
fn page(users: Vec<User>, roles: &[LiveRole], open: Vec<Finding>, usage: &Result<Usage, String>) -> String {
    let id = OrganizationId::parse("m-ac3e0000000000000000000000000001").expect("an id");
    let organization = Organization::of_id(id, "us-east-1");
    let sorted = Sorted { open, ..Sorted::default() };
    let report = Report {
        organization: &organization,
        directory: &Directory::complete(users),
        sources: &Sources::default(),
        sorted: &sorted,
        not_checked: &[],
        warnings: &[],
        leaving: None,
        show_accepted: true,
    };
    html(&Evidence {
        report,
        resources: &BTreeSet::new(),
        roles,
        usage,
        read_at: Timestamp::UNIX_EPOCH,
        principal: &Err("nobody was asked".to_owned()),
        command: "wmrole report -",
    })
    .expect("a page")
}

fn not_checked() -> Result<Usage, String> {
    Err("access denied".to_owned())
}

#[test]
fn an_organization_without_roles_has_a_page() {
    let page = page(Vec::new(), &[], Vec::new(), &not_checked());
    assert!(page.contains("The organization has no impersonation role."));
    assert!(!page.contains("<table") && !page.contains("<form"));
}

#[test]
fn a_text_is_a_text_wherever_it_stands() {
    let input = regex::Regex::new("<input [^>]*>").expect("a pattern");
    for text in hostile::TEXTS {
        let users = vec![user(1, text), user(2, text)];
        let steps =
            |n: usize| Step { by: users[n].id.clone(), groups: Vec::new(), mailbox: users[1 - n].id.clone() };
        let one = Rule {
            name: Some(RuleName::from_service(*text)),
            description: Some(Description::from_service(*text)),
            ..rule("r", Effect::Allow, Targets::Everyone)
        };
        let live = live(1, text, vec![one]);
        let finding = Finding {
            role: Some(RoleRef { name: live.role.name.clone(), id: live.id.clone() }),
            evidence: vec![(*text).to_owned()],
            remedy: vec![format!("`{text}`, {text}")],
            chain: vec![steps(0), steps(1)],
            ..finding(text)
        };
        let page = page(users.clone(), &[live], vec![finding], &Err((*text).to_owned()));
        assert_eq!([hostile::terminal(&page), hostile::runner(&page)].concat(), [""; 0], "{text:?}");
        // The page without its own parts is XML, when what HTML leaves open is closed
        let (_, body) = page.split_once("<body>").expect("a body");
        let (body, _) = body.split_once("<script>").expect("a script");
        let closed = body.replace("<br>", "").replace(" hidden>", ">");
        let closed = input.replace_all(&closed, "").into_owned();
        let closed = closed.replace("class=f", "class=\"f\"").replace("class=r", "class=\"r\"");
        assert_eq!(hostile::xml(&format!("<body>{closed}</body>")), [""; 0], "{text:?}");
    }
}

#[test]
fn a_page_of_many_findings_is_small_and_names_them_all() {
    let users: Vec<User> = (0..1000).map(|n| user(n, &format!("user{n:04}@mail.example.com"))).collect();
    let all = || rule("all", Effect::Allow, Targets::Everyone);
    let roles: Vec<_> =
        (0..20).map(|n| live(n, &format!("Migration to the new provider, wave {n}"), vec![all()])).collect();
    let findings = roles.iter().flat_map(|live| {
        users.iter().take(300).map(|one| Finding {
            role: Some(RoleRef { name: live.role.name.clone(), id: live.id.clone() }),
            evidence: vec!["evidence ".repeat(20)],
            remedy: vec!["`remedy`".repeat(20)],
            ..finding(&format!("{} can open {} through somebody", live.role.name, one.label()))
        })
    });
    let findings: Vec<Finding> = findings.collect();
    let said: Vec<String> = findings.iter().map(|finding| finding.summary.clone()).collect();
    let page = page(users, &roles, findings, &not_checked());
    assert!(page.len() < 2_000_000, "{}", page.len());
    assert!(said.iter().all(|summary| page.contains(summary)));
}

#[test]
fn what_is_not_known_is_not_none() {
    let unknown = LiveRole { rules_unknown: true, ..live(1, "Hidden", Vec::new()) };
    let page = page(vec![user(1, "a@example.com")], &[unknown], Vec::new(), &not_checked());
    assert!(page.contains("whom the role reaches is not known"));
    // For mailboxes made later, and for the only one
    assert_eq!(page.matches("<td class=u>?</td>").count(), 2, "{page}");
    assert!(page.contains("mailboxes reached today</th><td>?</td>"));
    assert!(page.contains("<dt>Last assumed</dt><dd>not checked</dd>") && page.contains("access denied"));
}

#[test]
fn what_cloudtrail_has_is_said_with_how_far_back_it_was_read() {
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    let role = live(1, "Used", Vec::new());
    let mut usage = Usage::new(at("2026-09-01T00:00:00Z"), at("2026-11-24T12:00:00Z"));
    usage.add(&Event {
        id: "1".to_owned(),
        time: at("2026-11-02T10:00:00Z"),
        event: "AssumeImpersonationRole".to_owned(),
        principal: "arn:aws:iam::111122223333:role/<b>".to_owned(),
        source_ip: None,
        user_agent: None,
        role: Some(EventRole { id: Some(role.id.clone()), name: None }),
        also: Vec::new(),
        subject: None,
        error: None,
        organization: None,
    });
    let roles = [role, live(2, "Idle", Vec::new())];
    let said = page(Vec::new(), &roles, Vec::new(), &Ok(usage.clone()));
    let by = "2026-11-02 10:00 UTC by arn:aws:iam::111122223333:role/&#60;b&#62; (AssumeImpersonationRole)";
    assert!(said.contains(by), "{said}");
    assert_eq!(said.matches("<dd>nobody since 2026-09-01 00:00 UTC</dd>").count(), 3);
    usage.complete = false;
    let part = page(Vec::new(), &roles, Vec::new(), &Ok(usage));
    assert_eq!(part.matches("<dd>no event in what was read</dd>").count(), 3);
    assert!(part.contains("but not all of it"));
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - chunk.len()));
        (0..4).for_each(|at| {
            out.push(if at <= chunk.len() { DIGITS[bits >> (18 - 6 * at) & 63].into() } else { '=' })
        });
    }
    out
}
