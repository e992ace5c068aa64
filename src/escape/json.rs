//! JSON in which every hidden character is an escape, and no line a command to a runner.

use serde::Serialize;

use super::escaped_in_quotes;

/// The value, indented, without an end of line behind it.
///
/// # Errors
/// When the value cannot be JSON.
pub(crate) fn pretty(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let document = serde_json::to_string_pretty(value)?;
    Ok(escaped_in_quotes(&document, |c, out| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hostile;

    #[test]
    fn hostile_texts_are_harmless_and_stay_the_same() {
        let document = pretty(&hostile::TEXTS).expect("JSON");
        assert_eq!([hostile::terminal(&document), hostile::runner(&document)].concat(), [""; 0]);
        let read: Vec<String> = serde_json::from_str(&document).expect("JSON");
        assert_eq!(read, hostile::TEXTS);
    }
}
