//! The policy of a call, `--policy FILE`: a definition file whose protected users and longest lifetime hold for every
//! command that plans a change, besides those of the definitions.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;

use super::diagnostics::emit_errors;
use crate::context::Context;
use crate::definition::load::Loaded;
use crate::definition::model::Document;
use crate::definition::names::Names;
use crate::definition::resolve;
use crate::directory::{Directory, UserId};
use crate::fetch;
use crate::id::OrganizationId;
use crate::input_file::{self, MOST_OF_A_DEFINITION};
use crate::organization;
use crate::plan::guard::{MaxLifetime, Policy};
use crate::workmail::Reader;

/// Adds the policy of the call, if there is one, to definitions that were read.
///
/// # Errors
/// When the file cannot be read. An error *in* it is a diagnostic.
pub(crate) fn add(context: &Context, loaded: &mut Loaded) -> anyhow::Result<()> {
    let Some(path) = &context.config.policy else { return Ok(()) };
    let name = path.display().to_string();
    loaded.add_policy(name, read(path)?);
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    input_file::read_text(path, MOST_OF_A_DEFINITION)
        .with_context(|| format!("cannot read the policy {}", path.display()))
}

/// The definitions with the policy of the call.
///
/// # Errors
/// When the file cannot be read, or it or a definition is wrong.
pub(crate) fn added(context: &Context, mut loaded: Loaded) -> anyhow::Result<Loaded> {
    add(context, &mut loaded)?;
    if loaded.has_errors() {
        return Err(emit_errors(context, &loaded.diagnostics, &loaded.sources, None));
    }
    Ok(loaded)
}

/// The policy of a call without definitions.
///
/// # Errors
/// When the file cannot be read or is wrong.
pub(crate) fn alone(context: &Context) -> anyhow::Result<Loaded> {
    added(context, Loaded::default())
}

/// Does a policy hold for this organization? One that names none holds for all; one that names an alias
/// holds where the alias could not be read.
pub(crate) fn holds(policy: &Document, id: &OrganizationId, alias: Option<&str>) -> bool {
    policy.organization.as_ref().is_none_or(|named| {
        organization::is_called(id, alias, &named.value)
            || (alias.is_none() && !named.value.starts_with("m-"))
    })
}

/// The policies that hold for this organization; warns of one that does not.
pub(crate) fn holding<'a>(
    context: &Context,
    loaded: &'a Loaded,
    id: &OrganizationId,
    alias: Option<&str>,
) -> Vec<&'a Document> {
    let (holding, other): (Vec<_>, Vec<_>) =
        loaded.policies.iter().partition(|policy| holds(policy, id, alias));
    for named in other.iter().filter_map(|policy| policy.organization.as_ref()) {
        context.ui.warn(format!(
            "the policy is for organization {}, and does not hold for {}",
            named.value,
            organization::label(id, alias)
        ));
    }
    holding
}

/// The documents of this organization, and the policies that hold for it.
pub(crate) fn and_policies<'a>(
    context: &Context,
    loaded: &'a Loaded,
    documents: &[&'a Document],
    id: &OrganizationId,
    alias: Option<&str>,
) -> Vec<&'a Document> {
    [documents, &holding(context, loaded, id, alias)].concat()
}

/// As [`and_policies`], for an organization that is known by what files call it alone: the policies that can hold for
/// it.
pub(crate) fn and_possible_policies<'a>(
    loaded: &'a Loaded,
    documents: &[&'a Document],
    organization: Option<&str>,
) -> Vec<&'a Document> {
    let may_hold = |policy: &&Document| match (&policy.organization, organization) {
        (Some(named), Some(organization)) => named.value.eq_ignore_ascii_case(organization),
        _ => true,
    };
    let policies = loaded.policies.iter().filter(may_hold);
    documents.iter().copied().chain(policies).collect()
}

/// What policies forbid from now on; the users whom they name are read into the directory.
///
/// # Errors
/// As [`protected`], and when a read fails.
pub(crate) async fn in_force(
    context: &Context,
    loaded: &Loaded,
    policies: &[&Document],
    reader: &Reader,
    directory: &mut Directory,
) -> anyhow::Result<Policy> {
    directory
        .merge(fetch::directory::read_names(reader, &resolve::names(policies).0, &BTreeSet::new()).await?);
    let protected = protected(context, loaded, policies, directory)?;
    Ok(Policy { protected, max_lifetime: MaxLifetime::of(policies, context.config.system.now()) })
}

/// The users whom no role may reach.
///
/// # Errors
/// When the directory does not know one of them: a misspelt name would protect nobody.
fn protected(
    context: &Context,
    loaded: &Loaded,
    policies: &[&Document],
    directory: &Directory,
) -> anyhow::Result<BTreeSet<UserId>> {
    match resolve::protected_users(policies, &Names::of(directory)) {
        Ok((protected, _)) => Ok(protected),
        Err(errors) => Err(emit_errors(context, &Vec::from(errors), &loaded.sources, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::parse::parse_policy;
    #[test]
    fn a_policy_holds_where_it_says_and_where_that_is_not_known() {
        let policy = |organization: &str| {
            let text = format!("version: 1\n{organization}protected_users: [ceo]\n");
            parse_policy(0, &text).0.expect("a policy")
        };
        let id = format!("m-{}", "0".repeat(32));
        let acme = OrganizationId::from_service(id.as_str());
        let holds = |line: &str, alias: Option<&str>| holds(&policy(line), &acme, alias);
        assert!(holds("", Some("acme")));
        assert!(holds("organization: ACME\n", Some("acme")));
        assert!(holds(&format!("organization: {id}\n"), Some("acme")));
        assert!(!holds("organization: globex\n", Some("acme")));
        assert!(holds("organization: globex\n", None));
        assert!(!holds("organization: m-1\n", None));
    }
}
