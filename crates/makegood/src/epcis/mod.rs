//! Between events of custody and GS1's EPCIS 2.0 (JSON). One line of ours is one `ObjectEvent`; who gave and who took are its
//! possessing parties, for whom it was taken is its owning party.

mod read;
mod write;

pub(crate) use read::import;
pub(crate) use write::{document, event};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// The context that every document of the standard names.
const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
/// What our own fields and identities begin with.
const OURS: &str = "urn:makegood:";
/// What may stand in the specific part of a URN as it is.
const KEPT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'/')
    .add(b'&');

/// Units in our words and as UN/CEFACT codes.
const UNITS: [(&str, &str); 8] = [
    ("L", "LTR"),
    ("kg", "KGM"),
    ("g", "GRM"),
    ("t", "TNE"),
    ("m3", "MTQ"),
    ("m", "MTR"),
    ("pcs", "H87"),
    ("kWh", "KWH"),
];

/// True for what is an identifier as it stands, in any scheme that others use.
fn is_uri(text: &str) -> bool {
    text.starts_with("urn:") || text.contains("://")
}

/// A name or a key as an identifier.
fn to_uri(name: &str) -> String {
    if is_uri(name) { name.to_owned() } else { format!("{OURS}{}", utf8_percent_encode(name, KEPT)) }
}

/// What [`to_uri`] was given.
fn from_uri(uri: &str) -> String {
    match uri.strip_prefix(OURS) {
        Some(name) => percent_decode_str(name).decode_utf8_lossy().into_owned(),
        None => uri.to_owned(),
    }
}

/// A word of the vocabulary without its prefix, in any of the ways in which the standard lets it be written.
fn bare(word: &str) -> &str {
    let after = word.rsplit([':', '/']).next().unwrap_or(word);
    after.strip_prefix("BizStep-").or_else(|| after.strip_prefix("Disp-")).unwrap_or(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_they_were() {
        for name in [
            "customer:42",
            "Ola, lagersjef",
            "仓库管理员",
            "a/b?c#d%e",
            "urn:epc:id:sgln:0614141.07346.0",
            "https://id.example/1",
        ] {
            assert_eq!(from_uri(&to_uri(name)), name);
            assert!(is_uri(&to_uri(name)) && to_uri(name).is_ascii(), "{}", to_uri(name));
        }
    }

    #[test]
    fn words_of_the_vocabulary_are_known_in_every_spelling() {
        for word in [
            "accepting",
            "urn:epcglobal:cbv:bizstep:accepting",
            "https://ref.gs1.org/cbv/BizStep-accepting",
            "cbv:BizStep-accepting",
        ] {
            assert_eq!(bare(word), "accepting");
        }
        assert_eq!(bare("https://ref.gs1.org/cbv/Disp-in_transit"), "in_transit");
    }
}
