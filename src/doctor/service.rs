//! The way to the service: credentials, Region, who answers, the clock, the organization, EWS.

use super::facts::{Answer, Ews, NoConnection, Service};
use super::public::Public;
use super::report::{Check, Report, Status};
use crate::ews::outcome::Failure;
use crate::workmail::operation::Operation;
use crate::workmail::{Error, ErrorKind, Origin};

/// So many seconds apart are worth a word. At 300, AWS refuses what is signed (documented).
const APART: i64 = 90;
const TOO_FAR_APART: i64 = 300;

const EVERY: [&str; 6] = ["credentials", "region", "service", "clock", "organization", "ews"];

/// There is no connection: one line says why.
pub(super) fn no_connection(report: &mut Report, why: &NoConnection) {
    let (name, check) = match why {
        NoConnection::Configured(error) => {
            let name = match error.kind() {
                ErrorKind::NoRegion | ErrorKind::WrongRegion => "region",
                ErrorKind::NoProfile => "credentials",
                _ => "service",
            };
            (name, Check::failed(name, error))
        }
        NoConnection::Sandbox(words) => {
            let detail = Public::words("the sandbox cannot be opened");
            let remedy = Public::words("`wmrole sandbox init FILE` makes one");
            let check = Check::new("service", Status::Failed, detail);
            ("service", check.remedy(remedy).beside(Some(words.clone())))
        }
        NoConnection::Late => {
            let detail = Public::words("the AWS configuration took too long to read");
            let remedy = Public::words("set --region: without one, the metadata of the machine is asked");
            ("region", Check::new("region", Status::Failed, detail).remedy(remedy))
        }
    };
    report.add(check);
    for other in EVERY.into_iter().filter(|other| *other != name) {
        report.skip(other, Public::words("there is no connection"));
    }
}

pub(super) fn check(report: &mut Report, service: &Service, sandbox: bool) {
    credentials(report, service, sandbox);
    region(report, service);
    reached(report, service);
    clock(report, service, sandbox);
    organization(report, service);
}

/// The error for which nothing was answered.
fn general(service: &Service) -> Option<&Error> {
    if service.answered() {
        return None;
    }
    service.failures().map(|(_, error)| error).find(|error| is_general(error.kind()))
}

/// Would every call fail for this reason?
pub(crate) fn is_general(kind: &ErrorKind) -> bool {
    is_of_credentials(kind) || is_of_the_way(kind) || *kind == ErrorKind::Configuration
}

fn is_of_credentials(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NoCredentials
            | ErrorKind::NotSignedIn
            | ErrorKind::ExpiredCredentials
            | ErrorKind::InvalidCredentials
    )
}

fn is_of_the_way(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Network | ErrorKind::Timeout | ErrorKind::NotTheService | ErrorKind::Service)
}

fn credentials(report: &mut Report, service: &Service, sandbox: bool) {
    const NAME: &str = "credentials";
    if sandbox {
        return report.add(Check::ok(NAME, Public::words("a sandbox needs none")));
    }
    match (general(service), &service.credentials) {
        (Some(error), _) if is_of_credentials(error.kind()) => report.add(Check::failed(NAME, error)),
        (None, Some(Origin { source, profile, account })) if service.answered() => {
            let account = account.as_ref().or(service.account()).map(|account| format!("account {account}"));
            let profile = profile.as_ref().map(|profile| format!("profile {profile}"));
            let principal = service.principal.as_ref().map(|arn| format!("as {arn}"));
            let private: Vec<_> = [profile, account, principal].into_iter().flatten().collect();
            let detail = Public::words("accepted; from ").and(source.unwrap_or("a profile"));
            let private = (!private.is_empty()).then(|| private.join(", "));
            report.add(Check::ok(NAME, detail).beside(private));
        }
        (_, Some(_)) => {
            report.skip(NAME, Public::words("they were found, and nobody said whether they are valid"))
        }
        (_, None) => report.skip(NAME, Public::words("nobody asked for them")),
    }
}

fn region(report: &mut Report, service: &Service) {
    let mut detail = Public::region(&service.region);
    if let Some(from) = service.region_from {
        detail = detail.and(", from ").and(from);
    }
    if let Some((_, from)) = service.endpoint {
        detail = detail.and("; the endpoint is from ").and(from);
    }
    let endpoint = service.endpoint.as_ref().map(|(url, _)| url.clone());
    report.add(Check::ok("region", detail).beside(endpoint));
}

fn reached(report: &mut Report, service: &Service) {
    const NAME: &str = "service";
    let network = Public::words("check the network and the proxy (HTTPS_PROXY)");
    match general(service) {
        // They were refused
        Some(error) if is_of_credentials(error.kind()) && service.ahead.is_some() => {
            report.add(Check::ok(NAME, Public::words("it answers")));
        }
        Some(error) if is_of_credentials(error.kind()) => {
            report.skip(NAME, Public::words("there are no credentials to ask with"));
        }
        Some(error) => report.add(Check::failed(NAME, error)),
        None if !service.answered() => {
            let detail = Public::words("there was no answer in time");
            report.add(Check::new(NAME, Status::Failed, detail).remedy(network));
        }
        None if service.is_unsteady() => {
            let detail = Public::words("it answers, but not to every call");
            report.add(Check::new(NAME, Status::Warning, detail).remedy(network));
        }
        None => report.add(Check::ok(NAME, Public::words("it answers"))),
    }
}

fn clock(report: &mut Report, service: &Service, sandbox: bool) {
    const NAME: &str = "clock";
    if sandbox {
        return report.skip(NAME, Public::words("a sandbox has the clock of this machine"));
    }
    let other = general(service).is_some_and(|error| *error.kind() == ErrorKind::NotTheService);
    let Some(ahead) = service.ahead.filter(|_| !other) else {
        return report.skip(NAME, Public::words("the service said no time"));
    };
    let apart = ahead.abs();
    let minutes = Public::words("").number((apart + 30) / 60);
    let detail = match ahead {
        _ if apart <= APART => Public::words("as the service's"),
        0.. => minutes.and(" minutes ahead of the service's"),
        _ => minutes.and(" minutes behind the service's"),
    };
    let remedy = Public::words(
        "set the clock, with `timedatectl set-ntp true` or as the system does: AWS refuses signatures from 5 minutes apart on",
    );
    report.add(match apart {
        0..=APART => Check::ok(NAME, detail),
        ..TOO_FAR_APART => Check::new(NAME, Status::Warning, detail).remedy(remedy),
        _ => Check::new(NAME, Status::Failed, detail).remedy(remedy),
    });
}

fn organization(report: &mut Report, service: &Service) {
    const NAME: &str = "organization";
    let gone = |error: &&Error| {
        matches!(error.kind(), ErrorKind::OrganizationNotFound | ErrorKind::OrganizationState)
    };
    if let Some(error) = service.failures().map(|(_, error)| error).find(gone) {
        return report.add(Check::failed(NAME, error));
    }
    let listing = service.failures().find(|(operation, _)| *operation == Operation::ListOrganizations);
    match (&service.organization, listing) {
        (Answer::Got(found), _) if service.answered() => {
            let private = Some(found.listed());
            if !found.is_active() {
                let detail = Public::words("it is not active");
                let remedy = Public::words("`wmrole organizations` shows the state, which must be Active");
                return report.add(Check::new(NAME, Status::Failed, detail).remedy(remedy).beside(private));
            }
            let detail = match found.state {
                Some(_) => Public::words("active"),
                None => Public::words("given by id; its state may not be read"),
            };
            report.add(Check::ok(NAME, detail).beside(private));
        }
        (Answer::Failed(error), _) if *error.kind() == ErrorKind::AmbiguousOrganization => {
            let check = Check::failed(NAME, error);
            report.add(Check { status: Status::Warning, ..check });
        }
        (Answer::Failed(error), _) => report.add(Check::failed(NAME, error)),
        (_, Some((_, error))) if matches!(error.kind(), ErrorKind::AccessDenied { .. }) => {
            let remedy =
                Public::words("name it by its id with --organization, or allow workmail:ListOrganizations");
            report.add(Check::failed(NAME, error).remedy(remedy));
        }
        _ => report.skip(NAME, Public::words("the service said nothing of it")),
    }
}

pub(super) fn ews(report: &mut Report, ews: &Ews) {
    const NAME: &str = "ews";
    let network = "check the network and the proxy (HTTPS_PROXY)";
    let (detail, remedy, private) = match ews {
        Ews::Answers => return report.add(Check::ok(NAME, Public::words("it answers"))),
        Ews::NoAddress => {
            let remedy = "give it with --ews-url or WMROLE_EWS_URL";
            ("no address that a token may be sent to is known", remedy, None)
        }
        Ews::Late => ("there was no answer in time", network, None),
        Ews::Failed(failure) => {
            let (detail, remedy) = match failure {
                Failure::NoRoots => (
                    "this machine has no root certificates that can be read",
                    "install them (the package ca-certificates), or name them with SSL_CERT_FILE",
                ),
                Failure::NoConnection(words) if words.contains("certificate") => {
                    ("its certificate is not trusted here", failure.remedy().unwrap_or(network))
                }
                Failure::NoConnection(_) | Failure::Dropped(_) => {
                    ("it cannot be reached, or drops the connection", network)
                }
                Failure::Timeout(_) => ("there was no answer in time", network),
                Failure::Page(_) | Failure::Redirect(..) => (
                    "something else answers, as a proxy or a sign-in page",
                    "check the proxy (HTTPS_PROXY), and sign in to the network where it asks for that",
                ),
                _ => ("what answers is not EWS", "check --ews-url and WMROLE_EWS_URL"),
            };
            (detail, remedy, Some(failure.to_string()))
        }
    };
    let check = Check::new(NAME, Status::Failed, Public::words(detail));
    report.add(check.remedy(Public::words(remedy)).beside(private));
}

impl Service {
    /// The calls that failed.
    fn failures(&self) -> impl Iterator<Item = (Operation, &Error)> {
        self.permissions.iter().filter_map(|(operation, answer)| match answer {
            Answer::Failed(error) => Some((*operation, error)),
            _ => None,
        })
    }

    /// Did the service answer anything, if only that a call is denied?
    fn answered(&self) -> bool {
        self.permissions.iter().any(|(_, answer)| match answer {
            Answer::Got(()) => true,
            Answer::Failed(error) => !is_general(error.kind()),
            Answer::Late | Answer::NotAsked => false,
        })
    }

    /// Was some call not answered?
    fn is_unsteady(&self) -> bool {
        self.permissions.iter().any(|(_, answer)| match answer {
            Answer::Failed(error) => is_of_the_way(error.kind()),
            Answer::Late => true,
            Answer::Got(()) | Answer::NotAsked => false,
        })
    }

    /// The account of the organization, where it may be read.
    fn account(&self) -> Option<&String> {
        match &self.organization {
            Answer::Got(organization) => organization.account.as_ref(),
            _ => None,
        }
    }
}
