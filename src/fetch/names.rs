//! What an organization has to name, each list as soon as it is there: for completion, which does with what it gets.

use std::cell::RefCell;

use futures::future::join3;

use crate::directory::User;
use crate::id::OrganizationId;
use crate::organization::Organization;
use crate::role::LiveRole;
use crate::workmail::{Account, Error, GroupSummary, Reader};

/// A list that was read.
#[derive(Debug)]
pub(crate) enum Names {
    Organizations(Vec<Organization>),
    Roles(Vec<LiveRole>),
    Groups(Vec<GroupSummary>),
    Users(Vec<User>),
}

/// Reads the organizations, and the roles, groups and users of the chosen one.
///
/// # Errors
/// The first that failed; the other lists are read all the same.
pub(crate) async fn read_names(
    account: &Account,
    choice: Option<&str>,
    take: impl FnMut(Names),
) -> Result<(), Error> {
    let take = RefCell::new(take);
    let organizations = async {
        let all = account.organizations().await?;
        (take.borrow_mut())(Names::Organizations(all.clone()));
        Ok(all)
    };
    // An id is not looked up
    if choice.is_some_and(|text| OrganizationId::parse(text).is_ok()) {
        let organization = account.organization(choice).await?;
        let (listed, inside) =
            futures::future::join(organizations, inside(account.reader(&organization), &take)).await;
        return inside.and(listed.map(drop));
    }
    let organization = account.choose_from(organizations.await?, choice)?;
    inside(account.reader(&organization), &take).await
}

async fn inside(reader: Reader, take: &RefCell<impl FnMut(Names)>) -> Result<(), Error> {
    let took = |names| (take.borrow_mut())(names);
    let roles = async { reader.live_roles(|_| true).await.map(|(_, live)| took(Names::Roles(live))) };
    let groups = async { reader.groups().await.map(|groups| took(Names::Groups(groups))) };
    let users = async { reader.users().await.map(|users| took(Names::Users(users))) };
    let (roles, groups, users) = join3(roles, groups, users).await;
    roles.and(groups).and(users)
}
