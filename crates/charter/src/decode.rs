//! Events from JSON: the envelope of CloudEvents 1.0, borrowed from the line, and an event's data as typed values in
//! the order of its shape.
//!
//! The attributes that count are `specversion` (`1.0`), `id`, `source`, `type`, `subject` (the key of a party or a
//! thing: `customer:42`), `time` (RFC 3339; required here), `datacontenttype` (absent or JSON), the extension
//! attributes `about` (the key of the thing, beside a party as subject) and `actor`, and `data`. Other extension
//! attributes are ignored, and so are fields of the data that the shape does not declare.

mod encode;
mod envelope;
mod error;
mod fields;
#[cfg(test)]
mod tests;

pub use envelope::{Envelope, Subjects, check_key, key_kind};
pub use error::DecodeError;
