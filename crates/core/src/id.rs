//! Identities derived from causes.

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest, Sha256};

/// What tells an event apart within one log: the first 16 bytes of SHA-256 over source, a zero byte, id.
pub type Ident = [u8; 16];

/// The identity of a promise or remedy within its party: four bytes that all parts about one thing share, then eight of its own.
pub type PartId = [u8; 12];

/// The four bytes shared by all parts about `thing`; zeros for parts about none.
pub fn about(thing: &str) -> [u8; 4] {
    if thing.is_empty() { [0; 4] } else { first(&Sha256::digest(thing.as_bytes())) }
}

/// The four bytes that all parts about the same thing share.
pub fn about_of(id: &PartId) -> [u8; 4] {
    first(id)
}

/// The first identity that begins with these four bytes.
pub fn first_about(about: [u8; 4]) -> PartId {
    let mut first = PartId::default();
    first.iter_mut().zip(about).for_each(|(place, byte)| *place = byte);
    first
}

/// Of `parts`, those whose identity begins with these four bytes.
pub fn beginning<T>(parts: &BTreeMap<PartId, T>, about: [u8; 4]) -> impl Iterator<Item = (&PartId, &T)> + use<'_, T> {
    parts.range(first_about(about)..).take_while(move |(id, _)| id.starts_with(&about))
}

/// The identity of the `index`-th part that `cause` gives `party` under `clause`.
pub fn part_id(party: &str, thing: &str, cause: &Ident, clause: &str, index: u32) -> PartId {
    let mut hasher = Sha256::new();
    for part in [party.as_bytes(), cause, clause.as_bytes()] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.update(index.to_be_bytes());
    let own: [u8; 8] = first(&hasher.finalize());
    let mut id = [0; 12];
    for (place, byte) in id.iter_mut().zip(about(thing).into_iter().chain(own)) {
        *place = byte;
    }
    id
}

fn first<const N: usize>(digest: &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    for (place, byte) in bytes.iter_mut().zip(digest) {
        *place = *byte;
    }
    bytes
}

/// Which kind of part a [`Name`] is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Written `p-…`.
    Promise,
    /// Written `r-…`.
    Remedy,
    /// Written `s-…`: a message that suggests a promise.
    Suggestion,
    /// Written `c-…`, a case.
    Play,
}

/// A part's identity as people see it: `r-1a3f-9f8e7d6c-5b4a39281706f5e4`. The second group is the start of the SHA-256 of the
/// party's key and says where to look; the rest is the [`PartId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// What it names.
    pub kind: Kind,
    /// The first two bytes of the SHA-256 of the party's key.
    pub place: [u8; 2],
    /// The identity within the party.
    pub id: PartId,
}

impl Name {
    /// The name of a part of `party`.
    pub fn new(kind: Kind, party: &str, id: PartId) -> Self {
        Self { kind, place: first(&Sha256::digest(party.as_bytes())), id }
    }

    /// Reads a name as [`fmt::Display`] writes it; `None` if it is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut groups = text.split('-');
        let kind = match groups.next()? {
            "p" => Kind::Promise,
            "r" => Kind::Remedy,
            "s" => Kind::Suggestion,
            "c" => Kind::Play,
            _ => return None,
        };
        let place = unhex(groups.next()?)?;
        let about: [u8; 4] = unhex(groups.next()?)?;
        let own: [u8; 8] = unhex(groups.next()?)?;
        let mut id = [0; 12];
        for (place, byte) in id.iter_mut().zip(about.into_iter().chain(own)) {
            *place = byte;
        }
        groups.next().is_none().then_some(Self { kind, place, id })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (about, own) = self.id.split_at(4);
        let letter = match self.kind {
            Kind::Promise => 'p',
            Kind::Remedy => 'r',
            Kind::Suggestion => 's',
            Kind::Play => 'c',
        };
        write!(f, "{letter}-{}-{}-{}", hex(&self.place), hex(about), hex(own))
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N.checked_mul(2)? || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; N];
    for (position, place) in bytes.iter_mut().enumerate() {
        let start = position.checked_mul(2)?;
        *place = u8::from_str_radix(text.get(start..start.checked_add(2)?)?, 16).ok()?;
    }
    Some(bytes)
}
