//! Finding users, groups and resources by id, name or address.

use super::model::{ACCOUNT, EntityState, Group, Member, Organization, Resource, Role, User};

/// What has an id and an address: the service's word.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Entity<'a> {
    User(&'a User),
    Group(&'a Group),
    Resource(&'a Resource),
}

impl<'a> Entity<'a> {
    pub(crate) fn id(self) -> &'a str {
        match self {
            Self::User(user) => user.id.as_str(),
            Self::Group(group) => group.id.as_str(),
            Self::Resource(resource) => &resource.id,
        }
    }

    pub(crate) fn name(self) -> &'a str {
        match self {
            Self::User(user) => &user.name,
            Self::Group(group) => &group.name,
            Self::Resource(resource) => &resource.name,
        }
    }

    /// The service's `EntityType`.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "USER",
            Self::Group(_) => "GROUP",
            Self::Resource(_) => "RESOURCE",
        }
    }

    pub(crate) fn state(self) -> EntityState {
        match self {
            Self::User(user) => user.state,
            Self::Group(group) => group.state,
            Self::Resource(resource) => resource.state,
        }
    }

    /// The entity as a member of a group; a resource cannot be one.
    pub(crate) fn member(self) -> Option<Member> {
        match self {
            Self::User(user) => Some(Member::User(user.id.clone())),
            Self::Group(group) => Some(Member::Group(group.id.clone())),
            Self::Resource(_) => None,
        }
    }

    fn addresses(self) -> impl Iterator<Item = &'a str> {
        let (email, aliases) = match self {
            Self::User(user) => (&user.email, user.aliases.as_slice()),
            Self::Group(group) => (&group.email, [].as_slice()),
            Self::Resource(resource) => (&resource.email, [].as_slice()),
        };
        email.iter().chain(aliases).map(String::as_str)
    }

    fn is_called(self, text: &str) -> bool {
        self.id() == text || self.name().eq_ignore_ascii_case(text) || self.has_address(text)
    }

    /// Is it one of its addresses, aliases included?
    pub(crate) fn has_address(self, text: &str) -> bool {
        self.addresses().any(|address| address.eq_ignore_ascii_case(text))
    }
}

impl Organization {
    /// Removes a deleted user or group from all groups and mailbox permissions, and the mailbox. Roles and access
    /// control rules keep the id.
    pub(crate) fn remove_member(&mut self, member: &Member) {
        for group in &mut self.groups {
            group.members.retain(|other| other != member);
        }
        self.mailbox_permissions.retain(|p| p.mailbox != member.id() && p.grantee != *member);
        self.messages.retain(|message| message.mailbox != member.id());
    }

    /// Every user, group and resource.
    pub(crate) fn entities(&self) -> impl Iterator<Item = Entity<'_>> {
        self.users
            .iter()
            .map(Entity::User)
            .chain(self.groups.iter().map(Entity::Group))
            .chain(self.resources.iter().map(Entity::Resource))
    }

    /// The entity of this id, name or address, an id first.
    pub(crate) fn entity(&self, text: &str) -> Option<Entity<'_>> {
        self.user_at_its_place(text)
            .map(Entity::User)
            .or_else(|| self.entities().find(|entity| entity.id() == text))
            .or_else(|| self.entities().find(|e| e.is_called(text)))
    }

    /// The user of this id, where users are sorted by id, as in a seed; else perhaps. Ten thousand users are not looked
    /// through for each of ten thousand calls.
    fn user_at_its_place(&self, id: &str) -> Option<&User> {
        let place = self.users.binary_search_by(|user| user.id.as_str().cmp(id)).ok()?;
        self.users.get(place)
    }

    /// The user of this id, name or address.
    pub(crate) fn user(&self, text: &str) -> Option<&User> {
        self.user_at_its_place(text)
            .or_else(|| self.users.iter().find(|user| user.id.as_str() == text))
            .or_else(|| self.users.iter().find(|user| Entity::User(user).is_called(text)))
    }

    /// The group of this id, name or address.
    pub(crate) fn group(&self, text: &str) -> Option<&Group> {
        self.groups
            .iter()
            .find(|group| group.id.as_str() == text)
            .or_else(|| self.groups.iter().find(|group| Entity::Group(group).is_called(text)))
    }

    pub(crate) fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id.as_str() == id)
    }

    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:workmail:{}:{ACCOUNT}:organization/{}", self.region, self.id)
    }

    /// Can addresses have this domain?
    pub(crate) fn has_domain(&self, domain: &str) -> bool {
        self.domains.iter().chain([&self.default_mail_domain]).any(|known| known.eq_ignore_ascii_case(domain))
    }
}

#[cfg(test)]
mod tests {
    use crate::sandbox::Seed;

    #[test]
    fn users_are_found_by_id_in_any_order() {
        let seed = Seed { users: Some(50), ..Seed::default() };
        let mut organization = seed.state().organizations.remove(0);
        for _ in 0..2 {
            for user in &organization.users {
                let found = organization.entity(user.id.as_str()).map(|entity| entity.id());
                assert_eq!(found, Some(user.id.as_str()));
                assert_eq!(organization.user(user.id.as_str()), Some(user));
            }
            assert!(organization.user("10000001-0000-4000-8000-000000000051").is_none());
            organization.users.rotate_left(17);
            organization.users.reverse();
        }
    }
}
