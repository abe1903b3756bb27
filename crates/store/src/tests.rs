use crate::{Body, EventRow, Slot, chain, ident, slot_of};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn row(body: Body) -> EventRow {
    EventRow {
        slot: Slot(1),
        key: "customer:42".into(),
        seq: 7,
        ident: [3; 16],
        time: -2,
        recorded: 1_700_000_000_000,
        context: 5,
        body,
        about: None,
        hash: [0; 32],
    }
}

#[test]
fn idents_and_slots_never_change() {
    // `printf 'demo/reservations\0booking-1' | sha256sum`, `printf customer:42 | sha256sum`
    assert_eq!(hex(&ident("demo/reservations", "booking-1")), "ddaa123e928485ba7a520a84141c268c");
    assert_ne!(ident("a", "bc"), ident("ab", "c"));
    assert_eq!(slot_of("customer:42"), Slot(415));
}

#[test]
fn the_chain_never_changes() {
    // Worked out from the table in the documentation of `chain` with Python's hashlib.
    let own = Body::Own(br#"{"id":"booking-1"}"#[..].into());
    let heard = Body::Heard { thing: "flight:B6-1".into(), seq: 9 };
    for (prev, body, hash) in [
        (0, &own, "fe5495d6006afe5d263d36c1f02aac5b9b750bcce6db72941f509eb34c116c37"),
        (1, &own, "0f629d9d77d43bfb38c445483f5a7cfdaa3c23f0894760c66d4f9fcd1724f988"),
        (0, &heard, "a779a78540a42ae07d24e144a013a6b33693a0c70f433a2d8f008e03dc4e9e31"),
    ] {
        assert_eq!(hex(&chain(&[prev; 32], &row(body.clone()))), hash);
    }
}

#[test]
fn every_field_counts_and_erasing_words_does_not() {
    let bytes = b"personal words";
    let own = row(Body::Own(bytes[..].into()));
    let hash = chain(&[0; 32], &own);
    let digest = <sha2::Sha256 as sha2::Digest>::digest(bytes).into();
    assert_eq!(chain(&[0; 32], &row(Body::Erased(digest))), hash);
    let changed = [
        EventRow { seq: 8, ..own.clone() },
        EventRow { ident: [4; 16], ..own.clone() },
        EventRow { time: -3, ..own.clone() },
        EventRow { recorded: 0, ..own.clone() },
        EventRow { context: 4, ..own.clone() },
        row(Body::Own(b"other words"[..].into())),
        row(Body::Heard { thing: "personal words".into(), seq: 1 }),
        row(Body::Heard { thing: "personal words".into(), seq: 2 }),
    ];
    let mut hashes: Vec<_> =
        changed.iter().map(|row| chain(&[0; 32], row)).chain([hash, chain(&[1; 32], &own)]).collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), changed.len() + 2);
}
