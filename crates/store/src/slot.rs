use sha2::{Digest, Sha256};

/// How many slots there are, for ever.
pub const SLOTS: u16 = 1024;

/// The share of the system a party or thing belongs to for ever: the first ten bits of the SHA-256 of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u16);

/// The slot of a party or thing.
pub fn slot_of(key: &str) -> Slot {
    let digest = Sha256::digest(key.as_bytes());
    let [first, second, ..]: [u8; 32] = digest.into();
    Slot(u16::from_be_bytes([first, second]) >> 6)
}
