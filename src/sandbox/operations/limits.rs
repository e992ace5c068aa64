//! The forms that the service's model gives to texts and lists.
//!
//! Checked here and not with the types of [`crate::role`], so that the sandbox finds what the rest
//! of the program lets through.

use crate::directory::access_control::Network;
use crate::sandbox::service_error::ServiceError;

/// The form of a text.
pub(super) struct Form {
    min: usize,
    max: usize,
    /// As the model writes it.
    pattern: &'static str,
    matches: fn(&str) -> bool,
}

pub(super) const ORGANIZATION_ID: Form = Form {
    min: 34,
    max: 34,
    pattern: "^m-[0-9a-f]{32}$",
    matches: |text| {
        text.strip_prefix("m-")
            .is_some_and(|hex| all(hex, |c| c.is_ascii_digit() || ('a'..='f').contains(&c)))
    },
};

pub(super) const ENTITY: Form = Form {
    min: 1,
    max: 256,
    pattern: "[a-zA-Z0-9._%+@-]+",
    matches: |text| all(text, |c| c.is_ascii_alphanumeric() || "._%+@-".contains(c)),
};

/// What the model calls a WorkMailIdentifier.
pub(super) const ID: Form = Form { min: 12, max: 256, pattern: "[\\S\\s]*", matches: |_| true };

/// Role ids, rule ids and the names of access control rules.
pub(super) const WORD: Form = Form {
    min: 1,
    max: 64,
    pattern: "[a-zA-Z0-9_-]+",
    matches: |text| all(text, |c| c.is_ascii_alphanumeric() || c == '_' || c == '-'),
};

pub(super) const JOB_ID: Form = Form {
    min: 1,
    max: 63,
    pattern: "[A-Za-z0-9-]+",
    matches: |text| all(text, |c| c.is_ascii_alphanumeric() || c == '-'),
};

pub(super) const JOB_DESCRIPTION: Form = Form { min: 0, max: 1023, pattern: "[\\S\\s]*", matches: |_| true };

pub(super) const BUCKET: Form = Form {
    min: 1,
    max: 63,
    pattern: "[A-Za-z0-9.-]+",
    matches: |text| all(text, |c| c.is_ascii_alphanumeric() || ".-".contains(c)),
};

pub(super) const OBJECT_KEY: Form = Form {
    min: 1,
    max: 1023,
    pattern: "[A-Za-z0-9!_.*'()/-]+",
    matches: |text| all(text, |c| c.is_ascii_alphanumeric() || "!_.*'()/-".contains(c)),
};

pub(super) const IAM_ROLE_ARN: Form = Form {
    min: 20,
    max: 2048,
    pattern: "arn:aws:iam:[a-z0-9-]*:[a-z0-9-]+:[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,1023}",
    matches: |text| is_arn(text, "iam"),
};

pub(super) const KMS_KEY_ARN: Form = Form {
    min: 20,
    max: 2048,
    pattern: "arn:aws:kms:[a-z0-9-]*:[a-z0-9-]+:[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,1023}",
    matches: |text| is_arn(text, "kms"),
};

/// The name of a role or of one of its rules.
pub(super) const ROLE_NAME: Form = Form {
    min: 1,
    max: 64,
    pattern: "[^\\x00-\\x1F\\x7F\\x3C\\x3E\\x5C]+",
    matches: |text| all(text, is_plain),
};

/// The model's pattern lets a carriage return through, the documentation does not.
pub(super) const ROLE_DESCRIPTION: Form = Form {
    min: 1,
    max: 256,
    pattern: "[^\\x00-\\x09\\x0B-\\x1F\\x7F\\x3C\\x3E\\x5C]+",
    matches: |text| all(text, |c| c == '\n' || is_plain(c)),
};

pub(super) const CLIENT_TOKEN: Form =
    Form { min: 1, max: 128, pattern: "[\\x21-\\x7e]+", matches: |text| all(text, |c| c.is_ascii_graphic()) };

pub(super) const NEXT_TOKEN: Form = Form { min: 1, max: 1024, pattern: "[\\S\\s]*", matches: |_| true };

pub(super) const USER_NAME: Form = Form {
    min: 1,
    max: 64,
    pattern: "[\\w\\-.]+(@[a-zA-Z0-9.\\-]+\\.[a-zA-Z0-9-]{2,})?",
    matches: |text| {
        let (name, domain) = text.split_once('@').map_or((text, None), |(name, domain)| (name, Some(domain)));
        all(name, |c| c.is_ascii_alphanumeric() || "_-.".contains(c))
            && domain.is_none_or(|domain| is_domain(domain, |c| c.is_ascii_alphanumeric() || c == '-'))
    },
};

pub(super) const USER_ATTRIBUTE: Form = Form { min: 0, max: 256, pattern: "[\\S\\s]*", matches: |_| true };

pub(super) const IDENTITY_PROVIDER_USER_ID: Form = Form {
    min: 1,
    max: 47,
    pattern: "^([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$",
    matches: |text| {
        let mut lengths: Vec<_> = text.split('-').map(str::len).collect();
        if lengths.first() == Some(&10) {
            lengths.remove(0);
        }
        lengths == [8, 4, 4, 4, 12] && all(text, |c| c.is_ascii_hexdigit() || c == '-')
    },
};

pub(super) const IDENTITY_PROVIDER_USER_ID_PREFIX: Form = Form {
    min: 1,
    max: 47,
    pattern: "^[A-Fa-f0-9-]+$",
    matches: |text| all(text, |c| c.is_ascii_hexdigit() || c == '-'),
};

pub(super) const GROUP_NAME: Form =
    Form { min: 1, max: 256, pattern: "[\\u0020-\\u00FF]+", matches: |text| all(text, is_latin) };

pub(super) const PASSWORD: Form =
    Form { min: 0, max: 256, pattern: "[\\u0020-\\u00FF]+", matches: |text| all(text, is_latin) };

pub(super) const EMAIL: Form = Form {
    min: 1,
    max: 254,
    pattern: "[a-zA-Z0-9._%+-]{1,64}@[a-zA-Z0-9.-]+\\.[a-zA-Z-]{2,}",
    matches: |text| {
        text.split_once('@').is_some_and(|(local, domain)| {
            local.len() <= 64
                && all(local, |c| c.is_ascii_alphanumeric() || "._%+-".contains(c))
                && is_domain(domain, |c| c.is_ascii_alphabetic() || c == '-')
        })
    },
};

pub(super) const ACCESS_RULE_DESCRIPTION: Form = Form {
    min: 0,
    max: 255,
    pattern: "[\\u0020-\\u00FF]+",
    matches: |text| text.is_empty() || all(text, is_latin),
};

pub(super) const ACTION: Form =
    Form { min: 1, max: 64, pattern: "[a-zA-Z]+", matches: |text| all(text, |c| c.is_ascii_alphabetic()) };

pub(super) const IP_ADDRESS: Form = Form {
    min: 1,
    max: 15,
    pattern: "^(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])$",
    matches: |text| text.parse::<std::net::Ipv4Addr>().is_ok(),
};

pub(super) const IP_RANGE: Form = Form {
    min: 1,
    max: 18,
    pattern: "^(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])/([0-9]|[12][0-9]|3[0-2])$",
    matches: |text| Network::parse(text).is_some(),
};

fn all(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(allowed)
}

fn is_arn(text: &str, service: &str) -> bool {
    let parts: Vec<_> = text.splitn(6, ':').collect();
    let ["arn", "aws", its_service, region, account, resource] = parts[..] else { return false };
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    its_service == service
        && region.chars().all(word)
        && all(account, word)
        && resource.starts_with(|c: char| c.is_ascii_alphanumeric())
        && resource.len() <= 1024
        && all(resource, |c| c.is_ascii_alphanumeric() || ":_/+=,@.-".contains(c))
}

fn is_plain(c: char) -> bool {
    !(c <= '\u{1f}' || c == '\u{7f}' || "<>\\".contains(c))
}

fn is_latin(c: char) -> bool {
    ('\u{20}'..='\u{ff}').contains(&c)
}

/// `[a-zA-Z0-9.-]+\.X{2,}`: a part of at least two characters after some dot.
fn is_domain(domain: &str, last: fn(char) -> bool) -> bool {
    domain.rsplit_once('.').is_some_and(|(before, top)| {
        top.len() >= 2 && all(top, last) && all(before, |c| c.is_ascii_alphanumeric() || ".-".contains(c))
    })
}

/// Checks a text against its form.
pub(super) fn check(member: &str, text: &str, form: &Form) -> Result<(), ServiceError> {
    let Form { min, max, pattern, matches } = form;
    let length = text.chars().count();
    let constraint = if length < *min {
        format!("have length greater than or equal to {min}")
    } else if length > *max {
        format!("have length less than or equal to {max}")
    } else if !matches(text) {
        format!("satisfy regular expression pattern: {pattern}")
    } else {
        return Ok(());
    };
    Err(ServiceError::invalid(member, constraint))
}

/// Checks a text that may be absent.
pub(super) fn check_some(member: &str, text: Option<&String>, form: &Form) -> Result<(), ServiceError> {
    text.map_or(Ok(()), |text| check(member, text, form))
}

/// Checks the number of values in a list.
pub(super) fn check_length(member: &str, length: usize, min: usize, max: usize) -> Result<(), ServiceError> {
    if length < min {
        return Err(ServiceError::invalid(member, format!("have length greater than or equal to {min}")));
    }
    if length > max {
        return Err(ServiceError::invalid(member, format!("have length less than or equal to {max}")));
    }
    Ok(())
}

/// Checks a list that may be absent, and each text in it.
pub(super) fn check_list(
    member: &str,
    list: Option<&Vec<String>>,
    (min, max): (usize, usize),
    form: &Form,
) -> Result<(), ServiceError> {
    let Some(list) = list else { return Ok(()) };
    check_length(member, list.len(), min, max)?;
    list.iter().enumerate().try_for_each(|(at, text)| check(&format!("{member}[{at}]"), text, form))
}
