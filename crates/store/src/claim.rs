//! Who holds a claim.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Tells one writer from every other, of this process, of another and of another machine.
pub(crate) type Holder = [u8; 16];

/// A new holder's name: keys that the standard library draws from the system's randomness, mixed with the process's number. It decides
/// nothing but who may go on with a claim.
pub(crate) fn new_holder() -> Holder {
    let mut holder = Holder::default();
    for half in holder.chunks_exact_mut(8) {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u32(std::process::id());
        half.copy_from_slice(&hasher.finish().to_be_bytes());
    }
    holder
}
