//! The hash chain of a log, and what tells its events apart.

use sha2::{Digest, Sha256};

use crate::{Body, EventRow, Hash, Ident};

/// The hash of a line of a log, over the line and the hash of the one before it (zeros before the first).
///
/// It is SHA-256 over these bytes, whole numbers with the most significant byte first:
///
/// | bytes | what |
/// |---|---|
/// | 32 | `prev` |
/// | 8 | `seq` |
/// | 16 | `ident` |
/// | 8 | `time`, two's complement |
/// | 8 | `recorded`, two's complement |
/// | 1 | `context` |
/// | 1 | 0 for an event of its own, erased or not; 1 for one heard |
/// | 32 | of its own: the SHA-256 of the event's bytes |
/// | 8 + n | heard: the place in the thing's log, then the thing in UTF-8 up to the end |
///
/// Because the words of an event count only by their own hash, erasing them leaves the chain whole.
pub fn chain(prev: &Hash, row: &EventRow) -> Hash {
    let mut hash = Sha256::new();
    hash.update(prev);
    hash.update(row.seq.to_be_bytes());
    hash.update(row.ident);
    hash.update(row.time.to_be_bytes());
    hash.update(row.recorded.to_be_bytes());
    match &row.body {
        Body::Own(bytes) => {
            hash.update([row.context, 0]);
            hash.update(Sha256::digest(bytes));
        }
        Body::Erased(digest) => {
            hash.update([row.context, 0]);
            hash.update(digest);
        }
        Body::Heard { thing, seq } => {
            hash.update([row.context, 1]);
            hash.update(seq.to_be_bytes());
            hash.update(thing.as_bytes());
        }
    }
    hash.finalize().into()
}

/// What tells an event apart within one log: the first 16 bytes of SHA-256 over `source`, a zero byte, `id`.
pub fn ident(source: &str, id: &str) -> Ident {
    let mut hash = Sha256::new();
    hash.update(source);
    hash.update([0]);
    hash.update(id);
    let digest: [u8; 32] = hash.finalize().into();
    let mut ident = [0; 16];
    ident.copy_from_slice(&digest[..16]);
    ident
}
