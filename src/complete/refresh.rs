//! Reading the names: by a program of its own, which outlives the question and has no terminal.

use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::cache::{Entry, List, Names, Refreshing};
use super::name::{Name, typable};
use super::shell::{LINE, PROTOCOL, READ_NAMES, WORD};
use super::target::Target;
use crate::config::Config;
use crate::context::{Connection, Context};
use crate::directory::{State, User};
use crate::exit_code::ExitCode;
use crate::fetch::names;
use crate::role::LiveRole;
use crate::sorted;
use crate::workmail::{GroupSummary, Limits};

/// For how long a question waits for names that are not there yet.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it looks.
const PAUSE: Duration = Duration::from_millis(10);
/// For how long names are read at most.
const MOST: Duration = Duration::from_secs(60);

/// The names of a list, as they are known: fresh ones, else old ones, else those that come within a second.
pub(super) fn names_of(target: &Target, list: List, started: Instant) -> Vec<Name> {
    // A sandbox is made by a command, and not by a question
    if target.sandbox.as_ref().is_some_and(|path| !path.exists()) {
        return Vec::new();
    }
    let key = target.key();
    let Some(entry) = Entry::of(&key) else { return Vec::new() };
    let taken = |known: Option<(Names, bool)>| known.and_then(|(mut names, _)| names.lists.remove(&list));
    let known = entry.read(Some(list));
    let is_fresh = known.as_ref().is_some_and(|(_, fresh)| *fresh);
    let known = taken(known);
    let Some(is_free) = entry.is_free() else { return known.unwrap_or_default() };
    let mut child = if is_free && !is_fresh { spawn(&key, target) } else { None };
    if let Some(names) = known {
        return names;
    }
    let mut seen = None;
    while started.elapsed() < PATIENCE {
        let ended = child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
        let over = ended && entry.is_free() != Some(false);
        let written = entry.written();
        if std::mem::replace(&mut seen, written) != written
            && let Some(names) = taken(entry.read(Some(list)))
        {
            return names;
        }
        if over {
            break;
        }
        std::thread::sleep(PAUSE);
    }
    Vec::new()
}

/// Starts the program that reads the names. It holds nothing of the shell's that somebody waits for.
fn spawn(key: &str, target: &Target) -> Option<std::process::Child> {
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.arg(READ_NAMES).arg(key).args(target.options());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A program that is asked for credentials cannot open a window, and knows nothing of the question
    for name in [PROTOCOL, LINE, WORD, "DISPLAY", "WAYLAND_DISPLAY", "SSH_ASKPASS", "GPG_TTY"] {
        command.env_remove(name);
    }
    // Credentials of a machine are asked of an address that may not answer
    command.env("AWS_EC2_METADATA_DISABLED", "true").spawn().ok()
}

/// Takes what names a file of the cache off the command line, and makes a command of the rest.
pub(crate) fn request(args: &[OsString]) -> Option<(String, Vec<OsString>)> {
    let [program, refresh, key, options @ ..] = args else { return None };
    let key =
        key.to_str().filter(|key| key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    (refresh == READ_NAMES).then(|| {
        let words = [program.clone(), "organizations".into()].into_iter().chain(options.iter().cloned());
        (key.to_owned(), words.collect())
    })
}

/// Gives up the terminal: no program that is asked for credentials can ask there.
#[cfg(unix)]
pub(crate) fn leave_terminal() {
    let _ = rustix::process::setsid();
}

/// There is no terminal to leave.
#[cfg(not(unix))]
pub(crate) fn leave_terminal() {}

/// Ends what was started and has not ended, a program that was asked for credentials: it is in the group of this one.
#[cfg(unix)]
fn end_children() {
    use rustix::process::{Signal, getpgrp, getpid, kill_current_process_group};
    // Never the group of a shell
    if getpgrp() == getpid() {
        let _ = kill_current_process_group(Signal::TERM);
    }
}

#[cfg(not(unix))]
fn end_children() {}

/// Reads the names into the file of this key, each list as soon as it is there. Says nothing, whatever happens.
///
/// # Errors
/// When nothing can be kept, or not all could be read.
pub(crate) async fn run(context: &Context, key: &str) -> anyhow::Result<ExitCode> {
    let config = &context.config;
    let is_there = config.sandbox.as_ref().is_none_or(|path| path.exists());
    let Some(entry) = Entry::of(key).filter(|_| is_there) else { return Ok(ExitCode::Failed) };
    let Some(_refreshing) = start(&entry) else { return Ok(ExitCode::Failed) };
    entry.sweep();
    let (mut names, fresh) = entry.read(None).unwrap_or_default();
    if fresh {
        return Ok(ExitCode::Done);
    }
    names.complete = false;
    // Where nothing can be kept, nothing is read; from now on, this is not tried again at once
    entry.write(&names)?;
    let reading = read(context, config, |read| {
        let (list, all) = listed(read);
        let takes_commas = !matches!(list, List::Users | List::Groups);
        names.lists.insert(list, typable(all, takes_commas));
        let _ = entry.write(&names);
    });
    if !matches!(tokio::time::timeout(MOST, reading).await, Ok(Ok(()))) {
        end_children();
        return Ok(ExitCode::Failed);
    }
    names.complete = true;
    entry.write(&names)?;
    Ok(ExitCode::Done)
}

/// The right to read. Somebody who asks whether it is free has it for an instant.
fn start(entry: &Entry) -> Option<Refreshing> {
    (0..5).find_map(|turn| {
        std::thread::sleep(PAUSE * turn);
        entry.start()
    })
}

async fn read(context: &Context, config: &Config, take: impl FnMut(names::Names)) -> anyhow::Result<()> {
    let connection = Connection::within(Limits::in_background(), config, &context.ui).await?;
    Ok(names::read_names(&connection.account, config.organization.as_deref(), take).await?)
}

fn listed(read: names::Names) -> (List, Vec<Name>) {
    match read {
        names::Names::Organizations(all) => {
            let active = all.into_iter().filter(crate::organization::Organization::is_active);
            let name = |one: crate::organization::Organization| {
                let shown = one.domain.unwrap_or_default();
                Name::new(one.alias.into_iter().chain([one.id.to_string()]), shown)
            };
            (List::Organizations, sorted(active.map(name)))
        }
        names::Names::Roles(all) => (List::Roles, sorted(all.iter().map(role))),
        names::Names::Groups(all) => {
            let there = all.into_iter().filter(|group| group.state != State::Deleted);
            (List::Groups, sorted(there.map(group)))
        }
        names::Names::Users(all) => {
            let there = all.into_iter().filter(|user| user.state != State::Deleted);
            (List::Users, sorted(there.map(user)))
        }
    }
}

fn sorted(names: impl Iterator<Item = Name>) -> Vec<Name> {
    let mut names: Vec<Name> = names.collect();
    sorted::by_key(&mut names, |name| name.spellings.first().map(|spelling| spelling.to_lowercase()));
    names
}

fn role(live: &LiveRole) -> Name {
    let rules = live.role.rules.iter().map(|rule| {
        let name = rule.name.as_ref().map(ToString::to_string).unwrap_or_default();
        let shown = format!("{} {name}", rule.effect.as_str());
        Name::new([rule.id.to_string(), name], shown.trim_end())
    });
    Name {
        inside: rules.collect(),
        ..Name::new([live.role.name.to_string(), live.id.to_string()], live.role.role_type.as_str())
    }
}

fn group(group: GroupSummary) -> Name {
    let shown = group.name.clone().unwrap_or_default();
    Name::new(group.email.into_iter().chain(group.name).chain([group.id.to_string()]), shown)
}

fn user(user: User) -> Name {
    let shown = user.display_name.or_else(|| user.name.clone()).unwrap_or_default();
    let shown = if user.state == State::Disabled { format!("{shown} (disabled)") } else { shown };
    Name::new(user.email.into_iter().chain(user.name).chain([user.id.to_string()]), shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn a_request_names_a_file_and_the_options() {
        let key = "0123456789abcdef0123456789abcdef";
        let (named, command) =
            request(&words(&["wmrole", READ_NAMES, key, "--profile=p"])).expect("a request");
        assert_eq!((named.as_str(), command), (key, words(&["wmrole", "organizations", "--profile=p"])));
        for other in [
            &["wmrole"][..],
            &["wmrole", "list", key],
            &["wmrole", READ_NAMES, "../x"],
            &["wmrole", READ_NAMES],
        ] {
            assert!(request(&words(other)).is_none(), "{other:?}");
        }
    }
}
