//! The files of `export --dir`. The first line says that it wrote them, and with a digest whether somebody edited them
//! since: what a person wrote into one is never overwritten unasked.

use sha2::{Digest as _, Sha256};

use crate::definition::schema;

/// How the first line begins; the digest of the rest stands behind it.
const WRITTEN: &str = "# Written by `wmrole export --dir`, which overwrites it as long as nobody edits it: ";

/// The text of a file, with the line that marks it. `with_schema` says that the schema is beside it, for editors.
pub(crate) fn marked(yaml: &str, with_schema: bool) -> String {
    let schema = match with_schema {
        true => format!("# yaml-language-server: $schema=./{}\n", schema::FILE),
        false => String::new(),
    };
    let rest = schema + yaml;
    format!("{WRITTEN}{}\n{rest}", digest(&rest))
}

/// Is a file as [`marked`] made it, whatever the roles were then?
pub(crate) fn is_as_written(text: &str) -> bool {
    // As a checkout on another system may write it
    let text = text.replace("\r\n", "\n");
    let written = text.split_once('\n').and_then(|(first, rest)| Some((first.strip_prefix(WRITTEN)?, rest)));
    written.is_some_and(|(digest_then, rest)| digest_then == digest(rest))
}

/// The first 64 bits of the SHA-256, in hex.
fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::parse::parse;

    const YAML: &str = "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n";

    #[test]
    fn what_was_written_is_known_again() {
        for with_schema in [false, true] {
            let text = marked(YAML, with_schema);
            assert!(is_as_written(&text), "{text}");
            assert!(is_as_written(&text.replace('\n', "\r\n")));
            assert_eq!(text.contains("$schema=./wmrole.schema.json\n"), with_schema);
            assert_eq!(parse(0, &text).1, []);
        }
    }

    #[test]
    fn what_was_edited_is_not() {
        let text = marked(YAML, false);
        for edited in [
            text.replace("READ_ONLY", "FULL_ACCESS"),
            text.clone() + "# why\n",
            text.clone() + "\n",
            text.replacen('\n', "\n# why\n", 1),
            text.replacen(": ", ": 0", 1),
            text.split_once('\n').map_or(String::new(), |(_, rest)| rest.to_owned()),
            YAML.to_owned(),
            String::new(),
            WRITTEN.to_owned(),
        ] {
            assert!(!is_as_written(&edited), "{edited}");
        }
    }
}
