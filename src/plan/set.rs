//! Plans of the organizations of one call, and what forbids executing them.

use std::path::PathBuf;

use super::Plan;
use super::guard::Refusal;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::span::Sources;
use crate::definition::user_files::UserFile;
use crate::directory::Directory;
use crate::organization::Organization;
use crate::role::{LiveRole, Role, RoleName};

/// The plan for one organization, what it was made from, and what forbids executing it.
#[derive(Debug)]
pub(crate) struct OrganizationPlan {
    /// Whose it is.
    pub(crate) organization: Organization,
    /// The plan.
    pub(crate) plan: Plan,
    /// The users and groups that were read.
    pub(crate) directory: Directory,
    /// The live roles that the plan is about.
    pub(crate) live: Vec<LiveRole>,
    /// The declared roles in ids.
    pub(crate) desired: Vec<Role>,
    /// What forbids executing it.
    pub(crate) refusals: Vec<Refusal>,
    /// Warnings about the definitions.
    pub(crate) warnings: Vec<Diagnostic>,
    /// The declared roles that `--only` and `--exclude` leave out.
    pub(crate) left_out: Vec<RoleName>,
    /// The file of the saved state that the plan brings back.
    pub(crate) undoes: Option<PathBuf>,
}

impl OrganizationPlan {
    /// Of a command that has no definitions.
    pub(crate) fn new(organization: Organization, plan: Plan, directory: Directory) -> Self {
        let (live, desired, refusals, warnings, left_out, undoes) = Default::default();
        Self { organization, plan, directory, live, desired, refusals, warnings, left_out, undoes }
    }
}

/// One organization of a call.
#[derive(Debug)]
pub(crate) struct PlanPart {
    /// Its alias or id, as far as it is known.
    pub(crate) name: String,
    /// Its plan, or why there is none.
    pub(crate) outcome: anyhow::Result<OrganizationPlan>,
}

/// All organizations of a call.
#[derive(Debug, Default)]
pub(crate) struct PlanSet {
    /// The texts of the definitions.
    pub(crate) sources: Sources,
    /// The lists of users that the definitions name.
    pub(crate) user_files: Vec<UserFile>,
    /// Which of the texts are policies.
    pub(crate) policies: Vec<usize>,
    /// The organizations, in the order of the files.
    pub(crate) parts: Vec<PlanPart>,
    /// Warnings about the definitions that are no organization's own.
    pub(crate) warnings: Vec<Diagnostic>,
    /// What forbids executing the plans of several organizations together.
    pub(crate) refusals: Vec<Refusal>,
}

impl PlanSet {
    /// The plan of one organization.
    pub(crate) fn one(plan: OrganizationPlan) -> Self {
        let name = plan.organization.label().to_owned();
        Self { parts: vec![PlanPart { name, outcome: Ok(plan) }], ..Self::default() }
    }

    /// The organizations that have a plan.
    pub(crate) fn planned(&self) -> impl Iterator<Item = &OrganizationPlan> {
        self.parts.iter().filter_map(|part| part.outcome.as_ref().ok())
    }

    /// The errors of the organizations that have no plan.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &anyhow::Error> {
        self.parts.iter().filter_map(|part| part.outcome.as_ref().err())
    }

    /// Does anything forbid executing the plans?
    pub(crate) fn is_refused(&self) -> bool {
        !self.refusals.is_empty() || self.planned().any(|one| !one.refusals.is_empty())
    }

    /// Adds what forbids executing the plans together; of one organization it is its own.
    pub(crate) fn refuse(&mut self, refusals: Vec<Refusal>) {
        match &mut self.parts[..] {
            [PlanPart { outcome: Ok(one), .. }] => one.refusals.splice(0..0, refusals).for_each(drop),
            _ => self.refusals.extend(refusals),
        }
    }

    /// Everything that forbids executing the plans.
    pub(crate) fn refusals_mut(&mut self) -> impl Iterator<Item = &mut Refusal> {
        let of_parts = self.parts.iter_mut().filter_map(|part| part.outcome.as_mut().ok());
        self.refusals.iter_mut().chain(of_parts.flat_map(|one| &mut one.refusals))
    }

    /// How many changes all plans have.
    pub(crate) fn changes(&self) -> usize {
        self.planned().map(|one| one.plan.changes.len()).sum()
    }

    /// Are there several organizations?
    pub(crate) fn is_several(&self) -> bool {
        self.parts.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{allows, changed, plan};
    use super::*;
    use crate::id::OrganizationId;
    use crate::plan::guard::RefusalCode;

    fn organization(changes: usize) -> OrganizationPlan {
        let changes = (0..changes).map(|n| changed(None, Some(&allows(&format!("r{n}"), &["a"]))));
        let organization = Organization::of_id(OrganizationId::from_service("m-1"), "us-east-1");
        OrganizationPlan::new(organization, plan(changes), Directory::default())
    }

    fn refusal(message: &str) -> Refusal {
        let (message, help) = (message.to_owned(), String::new());
        Refusal { code: RefusalCode::MaxDeletes, message, help, span: None }
    }

    fn messages(refusals: &[Refusal]) -> Vec<&str> {
        refusals.iter().map(|one| one.message.as_str()).collect()
    }

    fn several() -> PlanSet {
        let mut set = PlanSet::one(organization(2));
        set.parts.push(PlanPart { name: "other".into(), outcome: Ok(organization(3)) });
        set.parts.push(PlanPart { name: "broken".into(), outcome: Err(anyhow::anyhow!("no answer")) });
        set
    }

    #[test]
    fn plans_are_counted_and_errors_told() {
        let one = PlanSet::one(organization(2));
        assert_eq!((one.parts[0].name.as_str(), one.changes(), one.is_several()), ("m-1", 2, false));
        assert!(!PlanSet::default().is_several());
        let several = several();
        assert_eq!((several.changes(), several.planned().count(), several.is_several()), (5, 2, true));
        assert_eq!(several.errors().map(ToString::to_string).collect::<Vec<_>>(), ["no answer"]);
    }

    #[test]
    fn what_forbids_one_plan_stands_first_among_its_own() {
        let mut one = PlanSet::one(organization(1));
        assert!(!one.is_refused());
        one.refuse(vec![]);
        assert!(!one.is_refused());
        one.parts[0].outcome.as_mut().expect("a plan").refusals.push(refusal("own"));
        assert!(one.is_refused());
        one.refuse(vec![refusal("first"), refusal("second")]);
        assert!(one.refusals.is_empty());
        let own = one.planned().next().expect("a plan");
        assert_eq!(messages(&own.refusals), ["first", "second", "own"]);
    }

    #[test]
    fn what_forbids_several_plans_together_is_none_of_theirs() {
        let mut set = several();
        assert!(!set.is_refused());
        set.refuse(vec![refusal("together")]);
        assert!(set.is_refused());
        assert_eq!(messages(&set.refusals), ["together"]);
        assert!(set.planned().all(|one| one.refusals.is_empty()));
    }
}
