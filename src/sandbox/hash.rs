//! Hashes of what the state must not keep in clear.

/// The SHA-256 in hex.
pub(super) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
