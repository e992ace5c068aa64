//! The profiles of the AWS configuration files, read without the SDK: at each Tab, and no network.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::input_file;

/// No configuration is longer, in bytes.
const MOST: u64 = 1 << 20;

/// The settings of each profile, as both files have them.
pub(super) type Profiles = BTreeMap<String, BTreeMap<String, String>>;

/// The profiles that there are. A file that cannot be read has none.
pub(super) fn profiles() -> Profiles {
    let mut all = Profiles::new();
    for (path, is_config) in
        [(config_file(), true), (file("AWS_SHARED_CREDENTIALS_FILE", "credentials"), false)]
    {
        if let Some(text) = path.and_then(|path| input_file::read_text(&path, MOST).ok()) {
            parse(&text, is_config, &mut all);
        }
    }
    all
}

/// The file that has Regions and roles.
pub(super) fn config_file() -> Option<PathBuf> {
    file("AWS_CONFIG_FILE", "config")
}

fn file(variable: &str, name: &str) -> Option<PathBuf> {
    let set = |variable: &str| std::env::var_os(variable).filter(|value| !value.is_empty());
    let home = || set("HOME").map(PathBuf::from);
    match set(variable).map(OsString::into_string) {
        Some(Ok(path)) if path.starts_with("~/") => Some(home()?.join(&path[2..])),
        Some(Ok(path)) => Some(path.into()),
        Some(Err(path)) => Some(path.into()),
        None => Some(home()?.join(".aws").join(name)),
    }
}

fn parse(text: &str, is_config: bool, profiles: &mut Profiles) {
    let mut profile = None;
    for line in text.lines() {
        let section = line.trim_end().strip_prefix('[').and_then(|rest| rest.split_once(']'));
        if let Some((section, _)) = section {
            profile = name(section.trim(), is_config).map(str::to_owned);
            if let Some(name) = &profile {
                profiles.entry(name.clone()).or_default();
            }
        } else if let (Some(name), Some((key, value))) = (&profile, line.split_once('='))
            && !line.starts_with([' ', '\t', '#', ';'])
        {
            let settings = profiles.entry(name.clone()).or_default();
            settings.entry(key.trim().to_lowercase()).or_insert_with(|| value.trim().to_owned());
        }
    }
}

/// The profile of a section; none for a section that is something else.
fn name(section: &str, is_config: bool) -> Option<&str> {
    if !is_config || section == "default" {
        return Some(section);
    }
    let (kind, name) = section.split_once([' ', '\t'])?;
    (kind == "profile").then(|| name.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_read_from_both_files() {
        let mut all = Profiles::new();
        let config = "[default]\nregion = eu-west-1\n# [profile no]\n[profile ops]\nRegion=us-east-1\ns3 =\n  a = b\n\
                      [profile \"with space\"]\n[sso-session x]\nregion = y\n[services z]\n";
        parse(config, true, &mut all);
        parse("[ops]\naws_access_key_id = AKID\nregion = other\n[ci]\nbroken\n", false, &mut all);
        assert_eq!(all.keys().collect::<Vec<_>>(), ["ci", "default", "ops", "with space"]);
        let ops: Vec<_> = all["ops"].iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(ops, ["aws_access_key_id=AKID", "region=us-east-1", "s3="]);
    }
}
