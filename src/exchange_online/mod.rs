//! Live roles as a PowerShell script that recreates them in Exchange Online, as RBAC for Applications. Pure.
//!
//! The other side has grants only, which add up: there is no DENY, no exception and no end, and an assignment without a
//! scope reaches the whole tenant. Where a meaning cannot be kept, the script grants less and says so. Documented by
//! Microsoft: "Role Based Access Control for Applications in Exchange Online", "New-ManagementScope",
//! "New-ManagementRoleAssignment", "Filterable properties for the RecipientFilter parameter".

mod grant;
mod powershell;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::Timestamp;

use self::grant::{Grant, Users, grants};
use self::powershell::{comment, quoted};
use crate::directory::{Directory, User, UserId};
use crate::organization::Organization;
use crate::role::{Effect, LiveRole, Role, RoleName, RoleType, Rule, RuleName, Targets, derive_rule_id};

/// So many characters a filter has at most. What Exchange Online takes is documented nowhere: this is a choice.
const FILTER: usize = 2_000;

/// So many characters of a key stand in the names of scopes and assignments, which have 64 at most (documented): `wmrole
/// KEY ROLEID1 999 MailboxSettings.Read`.
const KEY: usize = 22;

/// What does the work: the same in every script.
const WORK: &str = include_str!("work.ps1");

/// The script. It is ASCII, since PowerShell 5.1 reads a file without a byte order mark as the system's code page.
pub(crate) fn script(
    organization: &Organization,
    roles: &[LiveRole],
    directory: &Directory,
    now: Timestamp,
) -> String {
    let written = now.strftime("%Y-%m-%dT%H:%M:%SZ");
    let mut taken = BTreeSet::new();
    let keyed: Vec<_> = roles.iter().map(|live| (key(&live.role.name, &mut taken), live)).collect();
    let parts = keyed.iter().map(|(key, live)| part(key, live, directory, now));
    let keys: Vec<_> = keyed.iter().map(|(key, _)| quoted(key)).collect();
    head(organization, &keys, &written.to_string()) + &parts.collect::<String>() + "\n" + WORK
}

/// What the role is called on the command line: ASCII letters, digits, `_` and `-`, and not `taken`.
fn key(name: &RoleName, taken: &mut BTreeSet<String>) -> String {
    let slug = derive_rule_id(&RuleName::from_service(name.as_str()));
    let slug = slug.as_ref().map_or("role", |id| id.as_str().trim_matches('-'));
    let slug: String = if slug.is_empty() { "role".to_owned() } else { slug.chars().take(KEY).collect() };
    let mut key = slug.clone();
    let mut n = 1;
    while !taken.insert(key.clone()) {
        n += 1;
        let suffix = format!("-{n}");
        key = slug.chars().take(KEY - suffix.len()).collect::<String>() + &suffix;
    }
    key
}

fn head(organization: &Organization, keys: &[String], now: &str) -> String {
    let first = keys.first().map_or("ROLE", |key| key.trim_matches('\''));
    let Organization { id, alias, region, .. } = organization;
    let of =
        comment(&format!("# Impersonation roles of {} ({id}, {region}),", alias.as_deref().unwrap_or("-")));
    let only = if keys.len() == 1 { format!(" = {}", keys[0]) } else { String::new() };
    let mandatory = if keys.len() == 1 { "" } else { "    [Parameter(Mandatory = $true)]\n" };
    let choices = match keys {
        [] => String::new(),
        keys => format!("    [ValidateSet({})]\n", keys.join(", ")),
    };
    format!(
        "\
#Requires -Version 5.1
#Requires -Modules ExchangeOnlineManagement
{of}
# as RBAC for Applications in Exchange Online. Written by wmrole {version} at {now}: read it before you run it.
#
# Run it after Connect-ExchangeOnline, once for each role, with an application of its own for each: what an
# application is granted adds up. -WhatIf shows what would be done.
#
#   ./roles.ps1 -Role {first} -AppId <application id> -ObjectId <object id> -WhatIf
#
# Both ids are those of the page Enterprise applications in Microsoft Entra, not those of App registrations.
#
# What is not as it was:
# - Consents in Microsoft Entra add up with what is granted here. Take Mail.Read and the like away from the
#   application there, or it reaches every mailbox.
# - There is no DENY and no exception. Those who are denied or excepted are in no list here.
# - Nothing ends by itself. What has an end is left out without -WithoutEnd, and is then yours to take away.
# - \"Everyone\" is every user mailbox of the tenant, not of the organization that the roles come from. It is left
#   out without -EveryMailbox.
# - Groups were users already: a role in WorkMail has only users. Who joins a group later is not added.
# - A mailbox is found by its addresses. An address that is given to another mailbox takes the access with it.
# - The application uses Microsoft Graph. EWS is blocked in Exchange Online by 2027-04-01, and has no role here.
# - A change takes 30 minutes to 2 hours to reach the application.
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    # Which role
{mandatory}{choices}    [string] $Role{only},
    # The application that gets it
    [Parameter(Mandatory = $true)]
    [guid] $AppId,
    [Parameter(Mandatory = $true)]
    [guid] $ObjectId,
    # Grant what reaches every user mailbox of the tenant, those made later too
    [switch] $EveryMailbox,
    # Grant what has an end in WorkMail, and has none here
    [switch] $WithoutEnd
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$roles = @{{}}
",
        version = env!("CARGO_PKG_VERSION"),
    )
}

/// One role: what is granted, and in comments what is not.
fn part(key: &str, live: &LiveRole, directory: &Directory, now: Timestamp) -> String {
    let Role { name, role_type, .. } = &live.role;
    let (permissions, what) = match role_type {
        RoleType::ReadOnly => (
            "'Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read'",
            "READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.",
        ),
        RoleType::FullAccess => (
            "'Exchange Full Access'",
            "FULL_ACCESS: mail, calendars, contacts and settings are read and changed, and mail is sent. Tasks and \
             notes are not granted: no role has them.",
        ),
    };
    let mut lines = vec![format!("---- {name} ({})", live.id), what.to_owned()];
    let role = live.role.at(now);
    let ends = live.role.unreadable_expiries().into_iter();
    lines.extend(ends.map(|(_, text)| format!("WARNING: {text}")));
    lines.extend(live.role.expired_rules(now).map(|rule| {
        let end = live.role.end_of(rule).map(|end| end.in_sentence()).unwrap_or_default();
        format!("LEFT OUT: rule {} expired {end}.", rule.label())
    }));
    let mut scopes = Vec::new();
    if live.rules_unknown {
        lines.push(
            "LEFT OUT: the service gave no list of rules, so that nobody knows whom the role reaches.".into(),
        );
    } else {
        lines.extend(role.rules.iter().filter_map(|rule| not_kept(rule, directory)));
        for grant in grants(&role) {
            scopes.extend(scope(&mut lines, &grant, directory));
        }
        if scopes.is_empty() {
            lines.push("Nothing is granted: nobody is left whom the role reaches.".into());
        }
    }
    let id: String = live.id.as_str().chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    let lines: String = lines.iter().map(|line| comment(&format!("# {line}")) + "\n").collect();
    let scopes: String = scopes.iter().enumerate().map(|(n, scope)| scope.written(key, &id, n + 1)).collect();
    format!(
        "\n{lines}$roles[{}] = @{{\n    Permissions = @({permissions})\n    Scopes = @(\n{scopes}    )\n}}\n",
        quoted(key)
    )
}

/// What a rule says that has no counterpart.
fn not_kept(rule: &Rule, directory: &Directory) -> Option<String> {
    let label = rule.label();
    let people = |set: &crate::role::UserSet| {
        let names: Vec<_> = set.iter().map(|id| directory.label(id)).collect();
        names.join(", ")
    };
    let (what, whom) = match (rule.effect, &rule.targets) {
        (Effect::Deny, Targets::Everyone) => ("DENY", "everyone".to_owned()),
        (Effect::Deny, Targets::Users(users)) => ("DENY", people(users)),
        (Effect::Deny, Targets::Except(except)) => ("DENY", format!("everyone except {}", people(except))),
        (Effect::Deny, Targets::UsersExcept { users, except }) => {
            ("DENY", format!("{} except {}", people(users), people(except)))
        }
        (Effect::Allow, targets) => ("EXCEPTION", people(targets.except()?)),
    };
    let reached = match rule.effect {
        Effect::Deny => "Nothing below reaches them",
        Effect::Allow => "Nothing below reaches them, unless a different rule does",
    };
    Some(format!("{what}, rule {label}: {whom}. {reached}. Any other grant to the application may."))
}

/// A scope and what it needs.
struct Scope {
    everyone: bool,
    addresses: Vec<String>,
    ends: Option<Timestamp>,
}

impl Scope {
    fn written(&self, key: &str, id: &str, n: usize) -> String {
        let Self { everyone, addresses, ends } = self;
        let addresses: Vec<_> =
            addresses.iter().map(|address| format!("                {}", quoted(address))).collect();
        let addresses = match addresses.len() {
            0 => String::new(),
            _ => format!("\n{}\n            ", addresses.join(",\n")),
        };
        let ends = ends.map(|end| end.to_string()).unwrap_or_default();
        format!(
            "        @{{
            Name = {}
            Everyone = ${everyone}
            Ends = {}
            Addresses = @({addresses})
        }}\n",
            quoted(&format!("wmrole {key} {id} {n}")),
            quoted(&ends),
        )
    }
}

/// The scopes of a grant; several where one filter would be too long. What is left out of them is said.
fn scope(lines: &mut Vec<String>, grant: &Grant, directory: &Directory) -> Vec<Scope> {
    let ends = grant.end.as_ref().map(|end| end.end());
    if let Some(end) = &grant.end {
        let whom = match &grant.users {
            Users::These(users) => users.iter().map(|id| directory.label(id)).collect::<Vec<_>>().join(", "),
            Users::EveryoneExcept(_) => "everyone".into(),
        };
        lines.push(format!(
            "WARNING: access to {whom} ends {} in WorkMail, and never here. It is left out without -WithoutEnd.",
            end.in_sentence()
        ));
    }
    match &grant.users {
        Users::These(users) => {
            let (mut addresses, mut out) = (BTreeSet::new(), Vec::new());
            for id in users {
                match reachable(id, directory) {
                    Ok(address) => drop(addresses.insert(address.to_lowercase())),
                    Err(why) => out.push(format!("{} ({why})", directory.label(id))),
                }
            }
            if !out.is_empty() {
                lines.push(format!("LEFT OUT: {}.", out.join(", ")));
            }
            chunks(addresses)
                .into_iter()
                .map(|addresses| Scope { everyone: false, addresses, ends })
                .collect()
        }
        Users::EveryoneExcept(except) => {
            lines.push(
                "WARNING: this role reaches everyone, mailboxes made later too. It is left out without -EveryMailbox, \
                 which grants it over every user mailbox of the tenant, and none that is shared or a resource's."
                    .into(),
            );
            let (mut addresses, mut out) = (BTreeSet::new(), Vec::new());
            for id in except {
                // A user who is disabled may have a mailbox there
                match address(id, directory) {
                    Ok(address) => drop(addresses.insert(address.to_lowercase())),
                    Err(why) => out.push(format!("{} ({why})", directory.label(id))),
                }
            }
            if !out.is_empty() {
                lines.push(format!(
                    "LEFT OUT: everyone, since these must not be reached and a filter cannot name them: {}.",
                    out.join(", ")
                ));
                return Vec::new();
            }
            let count = addresses.len();
            let mut chunks = chunks(addresses);
            if chunks.len() > 1 {
                lines.push(format!(
                    "LEFT OUT: everyone, since {count} exceptions are too many for one filter, and two would add up. Make \
                     a group of those who are reached, and a scope with MemberOfGroup."
                ));
                return Vec::new();
            }
            vec![Scope { everyone: true, addresses: chunks.pop().unwrap_or_default(), ends }]
        }
    }
}

/// The address by which a filter finds the user, or why there is none.
fn address<'a>(id: &UserId, directory: &'a Directory) -> Result<&'a str, &'static str> {
    let user: &User = directory.user(id).ok_or("not in the directory")?;
    let address = user.address().ok_or("no address")?;
    // What the service takes for a user, and the apostrophe: no wildcard, and nothing that a filter reads otherwise
    let plain = |c: char| c.is_ascii_alphanumeric() || "._%+@-'".contains(c);
    let is_plain = address.chars().all(plain) && address.contains('@') && address.len() <= 320;
    is_plain.then_some(address).ok_or("an address with unusual characters")
}

/// As [`address`], of a user who has a mailbox.
fn reachable<'a>(id: &UserId, directory: &'a Directory) -> Result<&'a str, &'static str> {
    let address = address(id, directory)?;
    if directory.has_mailbox(id) { Ok(address) } else { Err("disabled: has no mailbox") }
}

/// The addresses in lists that are short enough for a filter each.
fn chunks(addresses: impl IntoIterator<Item = String>) -> Vec<Vec<String>> {
    let mut chunks: Vec<Vec<String>> = Vec::new();
    let mut used = FILTER;
    for address in addresses {
        let length = "EmailAddresses -eq '' -or ".len() + address.len() + address.matches('\'').count();
        // Room for what stands around the exceptions from everyone
        if used + length > FILTER - 100 {
            chunks.push(Vec::new());
            used = 0;
        }
        used += length;
        chunks.last_mut().into_iter().for_each(|chunk| chunk.push(address.clone()));
    }
    chunks
}
