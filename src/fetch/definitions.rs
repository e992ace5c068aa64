//! All reads of `diff` and `apply`: what does not depend on another answer is asked at the same
//! time, and nothing is asked that is neither shown nor compared. Planning itself is pure.

use std::collections::BTreeSet;

use futures::future::try_join;

use super::directory as reading;
use crate::access;
use crate::definition::diagnostic::{Diagnostic, has_errors};
use crate::definition::model::{Document, RoleDefinition};
use crate::definition::resolve::{self, Desired, Resolved};
use crate::definition::span::Spanned;
use crate::directory::access_control::AccessControlRule;
use crate::directory::{Directory, UserId};
use crate::plan::{self, Plan, RoleKey, RoleRef};
use crate::role::{LiveRole, RoleId, RoleName};
use crate::workmail::{Error, ErrorKind, Reader, RoleSummary};

/// What a plan is made from and what shows it.
#[derive(Debug)]
pub(crate) struct Gathered {
    /// The changes; empty when there are errors.
    pub(crate) plan: Plan,
    /// The users and groups that were read.
    pub(crate) directory: Directory,
    /// The live roles that the plan is about, as plans compare them.
    pub(crate) live: Vec<LiveRole>,
    /// The declared roles in ids.
    pub(crate) desired: Vec<Desired>,
    /// Users whom no role may reach.
    pub(crate) protected: BTreeSet<UserId>,
    /// What is wrong with the definitions, or worth knowing.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Gathered {
    fn wrong(directory: Directory, diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            plan: Plan::default(),
            directory,
            live: Vec::new(),
            desired: Vec::new(),
            protected: BTreeSet::new(),
            diagnostics,
        }
    }

    /// Is anything wrong that forbids going on?
    pub(crate) fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }
}

/// Reads what is needed and plans the changes that make the documents' roles live.
///
/// # Errors
/// When a read fails; a failed read never becomes a default.
pub(crate) async fn gather(reader: &Reader, documents: &[&Document], prune: bool) -> Result<Gathered, Error> {
    gather_wanted(reader, documents, Wanted { prune, expected: false }).await
}

/// What is wanted besides the declared roles.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    /// Live roles that nothing declares, to delete them.
    pub(crate) prune: bool,
    /// Users whom expectations name.
    pub(crate) expected: bool,
}

/// As [`gather`].
///
/// # Errors
/// As [`gather`].
pub(crate) async fn gather_wanted(
    reader: &Reader,
    documents: &[&Document],
    Wanted { prune, expected }: Wanted,
) -> Result<Gathered, Error> {
    let definitions: Vec<&RoleDefinition> = documents.iter().flat_map(|document| &document.roles).collect();
    let called: Vec<RoleKey<'_>> = definitions.iter().map(|definition| called(definition)).collect();
    let names: BTreeSet<&RoleName> =
        called.iter().flat_map(|c| std::iter::once(c.name).chain(c.previously.iter().copied())).collect();
    let temporary: BTreeSet<RoleName> = called.iter().map(|c| plan::temporary_name(c.name)).collect();
    let ids: BTreeSet<&RoleId> = called.iter().filter_map(|c| c.id).collect();
    let wanted = |role: &RoleSummary| {
        prune || names.contains(&role.name) || temporary.contains(&role.name) || ids.contains(&role.id)
    };
    let (mut users, groups) = resolve::names(documents);
    if expected {
        users.extend(resolve::expected(documents).into_iter().map(|user| user.value.clone()));
    }
    let ((summaries, live), mut directory) =
        try_join(reader.live_roles(wanted), reading::read_names(reader, &users, &groups)).await?;

    let known: Vec<_> = summaries.iter().map(|role| (&role.name, &role.id)).collect();
    let assigned = match plan::match_live(&called, &known) {
        Ok(assigned) => assigned,
        Err(ambiguous) => {
            let diagnostics = ambiguous.iter().map(|a| ambiguity(&definitions, a)).collect();
            return Ok(Gathered::wrong(directory, diagnostics));
        }
    };
    let of = |id: &RoleId| live.iter().find(|live| live.id == *id);
    let kept: Vec<Option<&LiveRole>> = assigned.iter().map(|id| id.as_ref().and_then(of)).collect();
    let undeclared: Vec<&RoleSummary> =
        summaries.iter().filter(|role| !assigned.contains(&Some(role.id.clone()))).collect();
    let pruned: Vec<&LiveRole> =
        undeclared.iter().filter(|_| prune).filter_map(|role| of(&role.id)).collect();

    // Users whom only live rules name: for their addresses, and to know whether they are enabled
    let named: BTreeSet<UserId> =
        kept.iter().flatten().chain(&pruned).flat_map(|live| live.role.named()).cloned().collect();
    let gone = gone(&definitions, &assigned);
    let (access_rules, ()) = try_join(
        access_control(reader, !(pruned.is_empty() && gone.is_empty())),
        reading::read_users(reader, &mut directory, &named),
    )
    .await?;
    let mut resolved = resolve_all(documents, &definitions, &kept, &directory);
    let unresolved = has_errors(&resolved.diagnostics);
    let pruned: Vec<LiveRole> = pruned.into_iter().map(|live| directory.canonical(live.clone())).collect();
    let kept: Vec<Option<LiveRole>> =
        kept.into_iter().map(|live| live.map(|live| directory.canonical(live.clone()))).collect();
    let everyone = resolved.roles.iter().zip(&kept).any(|(desired, live)| {
        access::needs_every_user(live.as_ref().map(|live| &live.role), Some(&desired.role))
    }) || pruned.iter().any(|live| access::needs_every_user(Some(&live.role), None));
    if everyone || unresolved {
        reading::read_everyone(reader, &mut directory).await?;
    }
    if unresolved {
        reading::read_group_names(reader, &mut directory).await;
        let kept: Vec<_> = kept.iter().map(Option::as_ref).collect();
        resolved = resolve_all(documents, &definitions, &kept, &directory);
    }

    let Resolved { roles, protected, mut diagnostics } = resolved;
    diagnostics.extend(gone.iter().map(|gone| gone.diagnostic(access_rules.as_deref())));
    diagnostics.extend(names_taken(&definitions, &assigned, &summaries, prune));
    diagnostics.extend(named_alike(&definitions, &assigned, &summaries));
    if has_errors(&diagnostics) {
        return Ok(Gathered::wrong(directory, diagnostics));
    }
    let mut changes = Vec::new();
    let mut unchanged = Vec::new();
    for (desired, live) in roles.iter().zip(&kept) {
        match plan::change(desired, live.as_ref(), &directory) {
            Some(change) => changes.push(change),
            None => unchanged
                .extend(live.as_ref().map(|l| RoleRef { name: l.role.name.clone(), id: l.id.clone() })),
        }
    }
    let deletion =
        |live: &LiveRole| plan::deletion(live, naming(access_rules.as_deref(), &live.id), &directory);
    changes.extend(pruned.iter().map(deletion));
    let left = undeclared.iter().filter(|role| !pruned.iter().any(|live| live.id == role.id));
    let left = left.map(|role| RoleRef { name: role.name.clone(), id: role.id.clone() }).collect();
    let live = kept.into_iter().flatten().chain(pruned).collect();
    Ok(Gathered {
        plan: Plan::new(changes, unchanged, left),
        directory,
        live,
        desired: roles,
        protected,
        diagnostics,
    })
}

/// The access control rules, where they are wanted and may be read: that is a permission of its own,
/// and no reason to stop.
///
/// # Errors
/// When they cannot be read for another reason.
pub(crate) async fn access_control(
    reader: &Reader,
    wanted: bool,
) -> Result<Option<Vec<AccessControlRule>>, Error> {
    if !wanted {
        return Ok(None);
    }
    match reader.access_control_rules().await {
        Ok(rules) => Ok(Some(rules)),
        Err(error) if matches!(error.kind(), ErrorKind::AccessDenied { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The names of the access control rules that name a role.
pub(crate) fn naming(rules: Option<&[AccessControlRule]>, role: &RoleId) -> Option<Vec<String>> {
    let named = |rule: &&AccessControlRule| rule.roles.contains(role) || rule.not_roles.contains(role);
    Some(rules?.iter().filter(named).map(|rule| rule.name.clone()).collect())
}

/// What a definition calls its role.
pub(crate) fn called(definition: &RoleDefinition) -> RoleKey<'_> {
    RoleKey {
        name: &definition.name.value,
        id: definition.id.as_ref().map(|id| &id.value),
        previously: definition.previously.iter().map(|name| &name.value).collect(),
    }
}

fn resolve_all(
    documents: &[&Document],
    definitions: &[&RoleDefinition],
    kept: &[Option<&LiveRole>],
    directory: &Directory,
) -> Resolved {
    resolve::resolve(documents, directory, &|definition| {
        let number = definitions.iter().position(|other| std::ptr::eq(*other, definition));
        let live = number.and_then(|number| kept.get(number).copied().flatten());
        live.map(|live| live.role.named()).unwrap_or_default()
    })
}

/// Two live roles have a definition's name.
pub(crate) fn ambiguity(definitions: &[&RoleDefinition], ambiguous: &plan::AmbiguousName) -> Diagnostic {
    let ids: Vec<_> = ambiguous.ids.iter().map(RoleId::as_str).collect();
    let message = format!("{} live roles have the name {}", ids.len(), ambiguous.name);
    Diagnostic::error(&definitions[ambiguous.definition].name.span, message)
        .help(format!("say which one is meant with `id:` in the role; the ids are {}", ids.join(", ")))
}

/// A definition pins an id that is no longer live.
struct Gone<'a> {
    id: &'a Spanned<RoleId>,
    /// The live role of its name, which it stands for now.
    instead: Option<&'a RoleId>,
}

impl Gone<'_> {
    fn diagnostic(&self, access_rules: Option<&[AccessControlRule]>) -> Diagnostic {
        let Self { id: Spanned { value: id, span }, instead } = self;
        if let Some(other) = instead {
            // Somebody else's role by now: it is not overwritten for its name
            return Diagnostic::error(
                span,
                format!("there is no role {id} now, and role {other} has this name"),
            )
            .help("take the `id` away to change that role, or give this one another name");
        }
        let message = format!("there is no role {id} now; it is made anew, under another id");
        let names = match naming(access_rules, id) {
            None => "access control rules could not be read: look for the old id in them".to_owned(),
            Some(names) if names.is_empty() => "no access control rule names the old id".to_owned(),
            Some(names) => format!("put the new id into these access control rules: {}", names.join(", ")),
        };
        let help = format!("{names}; IAM policies cannot be seen from here: look for {id} in them");
        Diagnostic::warning(span, message).label("the id cannot be kept").help(help)
    }
}

fn gone<'a>(definitions: &[&'a RoleDefinition], assigned: &'a [Option<RoleId>]) -> Vec<Gone<'a>> {
    let gone = definitions.iter().zip(assigned).filter_map(|(definition, assigned)| {
        let id = definition.id.as_ref()?;
        (assigned.as_ref() != Some(&id.value)).then_some(Gone { id, instead: assigned.as_ref() })
    });
    gone.collect()
}

/// Definitions whose new name is that of another live role, which keeps it: two would share a name.
fn names_taken(
    definitions: &[&RoleDefinition],
    assigned: &[Option<RoleId>],
    live: &[RoleSummary],
    prune: bool,
) -> Vec<Diagnostic> {
    let leaves = |other: &RoleSummary| match assigned.iter().position(|id| id.as_ref() == Some(&other.id)) {
        Some(n) => definitions[n].name.value != other.name,
        None => prune,
    };
    let taken = definitions.iter().zip(assigned).filter_map(|(definition, own)| {
        let name = &definition.name.value;
        let own = live.iter().find(|role| Some(&role.id) == own.as_ref())?;
        let other = live.iter().find(|role| role.name == *name && role.id != own.id)?;
        let message = format!("role {} cannot be called {name}: role {} is", own.id, other.id);
        (own.name != *name && !leaves(other)).then(|| {
            Diagnostic::error(&definition.name.span, message)
                .help("declare that role too, or give this one another name")
        })
    });
    taken.collect()
}

/// Definitions that end with the name of another: both must have had it before, or be brought back
/// together.
fn named_alike(
    definitions: &[&RoleDefinition],
    assigned: &[Option<RoleId>],
    live: &[RoleSummary],
) -> Vec<Diagnostic> {
    let renamed = |definition: &RoleDefinition, own: &Option<RoleId>| {
        live.iter().any(|role| Some(&role.id) == own.as_ref() && role.name != definition.name.value)
    };
    let mut diagnostics = Vec::new();
    for (n, (definition, own)) in definitions.iter().zip(assigned).enumerate() {
        let name = &definition.name;
        let twin = definitions[..n].iter().zip(assigned).find(|(other, _)| other.name.value == name.value);
        if let Some((other, others)) = twin
            && (renamed(definition, own) || renamed(other, others))
        {
            let error = Diagnostic::error(&name.span, format!("two roles would be called {}", name.value))
                .related(&other.name.span, "the other");
            diagnostics.push(error.help("give one of them another name"));
        }
    }
    diagnostics
}
