//! Content that is made of a number, so that large attachments need no room.
//!
//! It is cut into blocks of [`BLOCK`] bytes. Each begins with the seed in 16 hex digits and its own number in 8, so that
//! no block can be lost, doubled or swapped without a trace; the rest is the same in all of them: the numbers of
//! SplitMix64 from 0, in little-endian. Clients can make it too, and compare.

use std::sync::OnceLock;

use super::base64::encode;
use super::model::Made;

/// A multiple of three: blocks in base64, one after the other, are base64.
const BLOCK: usize = 48 << 10;
const HEAD: usize = 24;

/// The block that begins with zeros, and the same in base64.
fn pattern() -> &'static (Vec<u8>, String) {
    static PATTERN: OnceLock<(Vec<u8>, String)> = OnceLock::new();
    PATTERN.get_or_init(|| {
        let mut block = vec![0; HEAD];
        let mut state = 0_u64;
        while block.len() < BLOCK {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            block.extend((mixed ^ (mixed >> 31)).to_le_bytes());
        }
        let text = encode(&block);
        (block, text)
    })
}

impl Made {
    /// A block of it in base64; none behind the end.
    pub(super) fn base64(self, number: u64) -> Option<String> {
        let start = number.checked_mul(BLOCK as u64)?;
        let left = usize::try_from(self.bytes.checked_sub(start)?).unwrap_or(usize::MAX).min(BLOCK);
        let (block, text) = pattern();
        let head = format!("{:016x}{number:08x}", self.seed);
        match left {
            0 => None,
            // What is the same is not encoded again
            BLOCK => Some(encode(head.as_bytes()) + &text[HEAD / 3 * 4..]),
            _ => {
                let mut last = head.into_bytes();
                last.extend_from_slice(&block[HEAD..]);
                Some(encode(&last[..left]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::base64::{decode, length};

    fn whole(bytes: usize, seed: u64) -> Vec<u8> {
        let made = Made { bytes: bytes as u64, seed };
        let blocks: Vec<_> = (0..).map_while(|number| made.base64(number)).collect();
        let text = blocks.concat();
        assert_eq!(text.len() as u64, length(made.bytes));
        decode(&text).expect("base64")
    }

    #[test]
    fn content_has_its_size_and_nothing_in_it_is_twice() {
        assert_eq!(whole(0, 1), b"");
        assert_eq!(whole(20, 0x1f), b"000000000000001f0000");
        for bytes in [1, 24, 25, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 2] {
            let content = whole(bytes, 7);
            assert_eq!(content.len(), bytes);
            assert_ne!(content, whole(bytes, 0x7000_0000_0000_0000), "{bytes}");
            for (number, block) in content.chunks(BLOCK).enumerate() {
                let head = format!("{:016x}{number:08x}", 7);
                assert!(block.starts_with(&head.as_bytes()[..block.len().min(HEAD)]), "{bytes}");
            }
        }
        // The first number of SplitMix64 from 0 (published with the generator)
        let number: [u8; 8] = whole(32, 7)[24..].try_into().expect("eight bytes");
        assert_eq!(u64::from_le_bytes(number), 0xE220_A839_7B1D_CDAF);
    }
}
