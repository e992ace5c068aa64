//! `test`: may a role impersonate these users?

use serde_json::{Value, json};

use super::context::{Context, find_role, normal_all};
use super::create;
use super::gather;
use crate::access;
use crate::cli;
use crate::directory::{EntityName, State, User};
use crate::exit::{Exit, Stop};
use crate::output::view;
use crate::role::{Effect, LiveRole, RoleType, RuleId, RuleName};
use crate::workmail::{ErrorKind, Reader};

struct Answer {
    effect: Effect,
    role_type: RoleType,
    rules: Vec<(RuleId, Option<RuleName>)>,
}

/// Asks the service, or evaluates the live rules here.
///
/// # Errors
/// When the role or a user is not there, or a call fails.
pub async fn run(context: &Context, args: &cli::Test) -> anyhow::Result<Exit> {
    let (connection, organization) = context.open().await?;
    let reader = connection.account.reader(&organization);
    let names = args.users.iter().map(EntityName::parse);
    let names = names.collect::<Result<_, _>>().map_err(|error| Stop::usage(error.to_string()))?;
    let (live, mut directory) = futures::future::try_join(find_role(&reader, &args.role), async {
        Ok(gather::read_names(&reader, &names, &std::collections::BTreeSet::new()).await?)
    })
    .await?;
    create::user_ids(&args.users, &reader, &mut directory).await?;
    let live = normal_all(vec![live], &directory).remove(0);
    let users: Vec<&User> = args.users.iter().filter_map(|name| directory.find_user(name)).collect();
    let answers = futures::future::try_join_all(users.iter().map(|user| async {
        if args.offline { Ok(offline(&live, user)) } else { ask(&reader, &live, user).await }
    }))
    .await?;
    let source = if args.offline { "offline" } else { "service" };
    if context.ui.is_table() {
        let rows: Vec<_> = users.iter().zip(&answers).map(|(user, answer)| row(user, answer)).collect();
        context.ui.table(&["USER", "EFFECT", "TYPE", "DECIDED BY"], &rows)?;
    } else {
        let results: Vec<Value> = users
            .iter()
            .zip(&answers)
            .map(|(user, answer)| {
                let rules: Vec<_> =
                    answer.rules.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect();
                json!({
                    "user": view::user(&user.id, &directory),
                    "effect": answer.effect,
                    "type": answer.role_type,
                    "matched_rules": rules,
                    "source": source,
                })
            })
            .collect();
        let role = json!({ "id": live.id, "name": live.role.name });
        context.ui.value(&json!({ "version": 1, "role": role, "results": results }))?;
    }
    let denied = answers.iter().any(|answer| answer.effect == Effect::Deny);
    Ok(if denied { Exit::No } else { Exit::Done })
}

fn row(user: &User, answer: &Answer) -> Vec<String> {
    let rules: Vec<_> =
        answer.rules.iter().map(|(id, name)| name.as_ref().map_or(id.as_str(), |n| n.as_str())).collect();
    let decided = match (user.state, rules.is_empty()) {
        (State::Enabled, true) => "no rule".to_owned(),
        (state, true) => format!("the user is {}: no mailbox", state.as_str()),
        (_, false) => rules.join(", "),
    };
    vec![
        user.label().to_owned(),
        answer.effect.as_str().to_owned(),
        answer.role_type.as_str().to_owned(),
        decided,
    ]
}

/// Nobody without a mailbox is reached, whatever the rules say.
fn no_mailbox(live: &LiveRole) -> Answer {
    Answer { effect: Effect::Deny, role_type: live.role.role_type, rules: Vec::new() }
}

fn offline(live: &LiveRole, user: &User) -> Answer {
    if user.state != State::Enabled {
        return no_mailbox(live);
    }
    let decision = access::decide(&live.role.rules, &user.id);
    Answer {
        effect: decision.effect,
        role_type: live.role.role_type,
        rules: decision.decided_by.iter().map(|rule| (rule.id.clone(), rule.name.clone())).collect(),
    }
}

async fn ask(reader: &Reader, live: &LiveRole, user: &User) -> anyhow::Result<Answer> {
    let name = EntityName::from_service(user.id.as_str());
    match reader.effect(&live.id, &name).await {
        Ok(answer) => Ok(Answer {
            effect: answer.effect,
            role_type: answer.role_type,
            rules: answer.matched.into_iter().map(|rule| (rule.id, rule.name)).collect(),
        }),
        // The service has no answer for a user who is not enabled
        Err(error) if *error.kind() == ErrorKind::EntityState => Ok(no_mailbox(live)),
        Err(error) => Err(error.into()),
    }
}
