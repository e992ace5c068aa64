//! Base64, of ids and attachments.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// How long so many bytes are in base64.
pub(super) fn length(bytes: u64) -> u64 {
    bytes.div_ceil(3) * 4
}

/// How many bytes a text is that is base64.
pub(super) fn bytes(text: &str) -> u64 {
    let padding = text.bytes().rev().take_while(|digit| *digit == b'=').count();
    (text.len() / 4 * 3).saturating_sub(padding) as u64
}

/// With padding, in one line.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let digit = ALPHABET[bits >> (18 - 6 * at) & 63];
            out.push(if at <= chunk.len() { digit.into() } else { '=' });
        }
    }
    out
}

/// Is it base64 in one line? Long texts are looked through quickly in a build without optimization too.
pub(super) fn is_base64(text: &str) -> bool {
    const DIGITS: [bool; 256] = {
        let (mut known, mut at) = ([false; 256], 0);
        while at < ALPHABET.len() {
            known[ALPHABET[at] as usize] = true;
            at += 1;
        }
        known
    };
    let digits = text.trim_end_matches('=');
    let mut all = true;
    for digit in digits.as_bytes() {
        all &= DIGITS[*digit as usize];
    }
    all && text.len().is_multiple_of(4) && text.len() - digits.len() <= 2
}

/// The bytes; none where a character is no digit, or the length is wrong.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').as_bytes();
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let mut out = Vec::with_capacity(digits.len() / 4 * 3);
    for chunk in digits.chunks(4) {
        let mut bits = 0;
        for digit in chunk {
            bits = bits << 6 | ALPHABET.iter().position(|known| known == digit)?;
        }
        bits <<= 6 * (4 - chunk.len());
        out.extend([bits >> 16, bits >> 8, bits].iter().take(chunk.len() - 1).map(|byte| (byte & 255) as u8));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("\u{FF}>", "w78+"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()), "{text}");
            let length = bytes.len() as u64;
            assert_eq!((super::bytes(text), super::length(length)), (length, text.len() as u64), "{text}");
            assert!(is_base64(text), "{text}");
        }
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&all)), Some(all));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["A", "AA", "AAA", "A===", "AA A", "AAAA\n", "AA=A", "é+==", "AAA-"] {
            assert_eq!(decode(text), None, "{text}");
            assert!(!is_base64(text), "{text}");
        }
    }
}
