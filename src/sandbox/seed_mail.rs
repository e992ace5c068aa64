//! The messages of a demo organization: a few in each mailbox.

use jiff::{SignedDuration, Timestamp};

use super::base64::encode;
use super::model::{Attachment, Content, EntityState, Made, Message, Organization};

/// `(subject, body, read)`; `{name}` is whom the mailbox belongs to.
const MAIL: [(&str, &str, bool); 3] = [
    ("Welcome to WorkMail", "Hello {name},\n\nyour mailbox is ready.\n", true),
    ("Figures <draft> & plan", "Dear {name},\n\nthe figures are attached.\n", true),
    ("Lunch on Thursday?", "Are you in the office, {name}?\n", false),
];

/// Messages for every user and resource; `id` makes an id of a number.
pub(super) fn messages(organization: &Organization, id: impl Fn(usize) -> String) -> Vec<Message> {
    let users = organization.users.iter();
    let users = users.filter_map(|u| Some((u.id.as_str(), u.display_name.as_str(), u.email.clone()?)));
    let owners: Vec<_> = users.collect();
    let from = owners.last().map(|(_, _, email)| email.clone()).unwrap_or_default();
    let mut messages = Vec::new();
    for (mailbox, name, email) in owners {
        for (at, (subject, body, read)) in MAIL.into_iter().enumerate() {
            let number = messages.len() + 1;
            let attachments = if at == 1 { vec![figures(id(9_000 + number))] } else { vec![] };
            messages.push(Message {
                id: id(number),
                mailbox: mailbox.into(),
                folder: "inbox".into(),
                change: 0,
                from: from.clone(),
                to: vec![email.clone()],
                cc: vec![],
                subject: subject.into(),
                body: body.replace("{name}", name),
                html: false,
                received: received(at),
                read,
                draft: false,
                attachments,
            });
        }
    }
    messages
}

/// Adds messages with an attachment each, in the inboxes of enabled users in turn; `id` makes an id of a number.
pub(super) fn add(organization: &mut Organization, count: usize, bytes: u64, id: impl Fn(usize) -> String) {
    let enabled = organization.users.iter().filter(|user| user.state == EntityState::Enabled);
    let owners: Vec<_> =
        enabled.filter_map(|user| Some((user.id.to_string(), user.email.clone()?))).collect();
    for (number, (mailbox, email)) in (1..=count).zip(owners.iter().cycle()) {
        let seed = number as u64;
        let attachment = Attachment {
            id: id(2 * number),
            name: format!("file{number:04}.bin"),
            content_type: "application/octet-stream".into(),
            content: Content::Made(Made { bytes, seed }),
        };
        organization.messages.push(Message {
            id: id(2 * number - 1),
            mailbox: mailbox.clone(),
            folder: "inbox".into(),
            change: 0,
            from: email.clone(),
            to: vec![email.clone()],
            cc: vec![],
            subject: format!("Message {number:04}"),
            body: format!("The file of message {number} is attached.\n"),
            html: false,
            received: received(0) + SignedDuration::from_mins(i64::try_from(number).unwrap_or_default()),
            read: true,
            draft: false,
            attachments: vec![attachment],
        });
    }
}

fn figures(id: String) -> Attachment {
    let content = Content::Base64(encode(b"month,revenue\n2026-01,1200\n2026-02,1350\n"));
    Attachment { id, name: "figures.csv".into(), content_type: "text/csv".into(), content }
}

/// 2026-02-02T08:00:00Z and a day for each message.
fn received(at: usize) -> Timestamp {
    let days = i64::try_from(at).unwrap_or_default();
    Timestamp::from_second(1_770_019_200 + days * 86_400).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::sandbox::Seed;

    #[test]
    fn more_messages_are_dealt_to_enabled_users_in_turn() {
        let seed = Seed { users: Some(3), messages: 500, attachment_bytes: 1 << 30, ..Seed::default() };
        let large = seed.state().organizations.remove(0);
        let counts: Vec<_> = large
            .users
            .iter()
            .map(|user| large.messages.iter().filter(|message| message.mailbox == user.id.as_str()).count())
            .collect();
        assert_eq!(counts, [167, 167, 166]);
        let contents: BTreeSet<_> =
            large.messages.iter().map(|message| format!("{:?}", message.attachments[0].content)).collect();
        assert_eq!(contents.len(), 500, "no two are the same");
        let text = serde_json::to_string(&large).expect("JSON");
        assert!(text.len() < 500_000, "{}", text.len());
        let nobody = Seed { users: Some(0), messages: 5, ..Seed::default() };
        assert_eq!(nobody.state().organizations[0].messages, []);
        let demo = Seed { messages: 11, ..Seed::default() }.state().organizations.remove(0);
        let disabled = demo.user("mallory").expect("a user").id.to_string();
        let of_disabled = demo.messages.iter().filter(|message| message.mailbox == disabled);
        assert_eq!((demo.messages.len(), of_disabled.count()), (36 + 11, 3));
    }

    #[test]
    fn each_demo_mailbox_has_a_few_messages_and_a_large_sandbox_none() {
        let demo = Seed::default().state().organizations.remove(0);
        for user in &demo.users {
            let own = demo.messages.iter().filter(|message| message.mailbox == user.id.as_str());
            assert_eq!(own.count(), 3, "{}", user.name);
        }
        let ids: BTreeSet<_> = demo.messages.iter().map(|message| &message.id).collect();
        assert_eq!(ids.len(), demo.messages.len());
        let large = Seed { users: Some(100), ..Seed::default() }.state().organizations.remove(0);
        assert_eq!(large.messages, []);
    }
}
