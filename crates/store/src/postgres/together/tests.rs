use bytes::BytesMut;

use super::Messages;

/// A message: its tag, its length, its body.
fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap() + 4;
    [&[tag][..], &length.to_be_bytes(), body].concat()
}

const GREETING: &[u8] = b"\0\0\0\x08\0\x03\0\0";

/// Both directions, in pieces of so many bytes, with so many `Sync`s left out.
struct Talk {
    messages: Messages,
    piece: usize,
}

impl Talk {
    fn new(piece: usize) -> Self {
        let mut talk = Self { messages: Messages::default(), piece };
        assert_eq!(talk.asked(&[GREETING]), [GREETING], "what has no tag passes as it is");
        talk
    }

    fn leave_out(&self, requests: usize) {
        (0..requests).for_each(|_| self.messages.left_out.announce());
    }

    /// What the server gets.
    fn asked<M: AsRef<[u8]>>(&mut self, sent: &[M]) -> Vec<Vec<u8>> {
        let (sent, mut server) = (joined(sent), BytesMut::new());
        sent.chunks(self.piece).for_each(|piece| self.messages.ask(piece, &mut server));
        if server.as_ref() == GREETING { vec![GREETING.into()] } else { apart(&server) }
    }

    /// What the library gets.
    fn answered(&mut self, said: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let (said, mut library) = (joined(said), BytesMut::new());
        said.chunks(self.piece).for_each(|piece| self.messages.answer(piece, &mut library));
        apart(&library)
    }
}

fn joined<M: AsRef<[u8]>>(messages: &[M]) -> Vec<u8> {
    messages.iter().flat_map(|message| message.as_ref().to_vec()).collect()
}

fn apart(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    while let Some((message, rest)) = super::first(bytes, 1) {
        messages.push(message.to_vec());
        bytes = rest;
    }
    assert!(bytes.is_empty(), "half a message was passed on: {bytes:?}");
    messages
}

fn bind(number: u8) -> Vec<u8> {
    message(b'B', &[number])
}

fn row(number: u8) -> Vec<u8> {
    message(b'D', &[number; 300])
}

fn sync() -> Vec<u8> {
    message(b'S', b"")
}

fn complete() -> Vec<u8> {
    message(b'C', b"SELECT 1\0")
}

fn ready(state: u8) -> Vec<u8> {
    message(b'Z', &[state])
}

fn error() -> Vec<u8> {
    message(b'E', b"SERROR\0C23505\0\0")
}

/// Sizes of the pieces in which bytes come: one by one, cutting headers and bodies, all at once.
const PIECES: [usize; 5] = [1, 3, 7, 64, usize::MAX];

#[test]
fn what_is_not_announced_passes_as_it_is() {
    for piece in PIECES {
        let mut talk = Talk::new(piece);
        let asked = [bind(1), message(b'E', &[0; 5]), sync(), message(b'Q', b"SELECT 1\0"), sync()];
        assert_eq!(talk.asked(&asked), asked);
        let answered =
            [row(1), complete(), ready(b'I'), message(b'S', b"TimeZone\0UTC\0"), row(2), complete(), ready(b'I')];
        assert_eq!(talk.answered(&answered), answered);
    }
}

#[test]
fn one_sync_ends_many_requests_and_each_is_answered_as_if_it_had_its_own() {
    for piece in PIECES {
        let mut talk = Talk::new(piece);
        for round in 0..3 {
            talk.leave_out(3);
            let asked = [bind(1), sync(), bind(2), sync(), bind(3), sync(), sync()];
            assert_eq!(talk.asked(&asked), [bind(1), bind(2), bind(3), sync()], "round {round}");
            let notice = message(b'N', b"well\0");
            let said = [row(1), row(1), complete(), notice.clone(), complete(), message(b'I', b""), ready(b'I')];
            let first = [row(1), row(1), complete(), ready(b'T')];
            let others = [notice, complete(), ready(b'T'), message(b'I', b""), ready(b'T'), ready(b'I')];
            assert_eq!(talk.answered(&said), [&first[..], &others].concat(), "round {round}");
        }
    }
}

#[test]
fn what_follows_a_request_that_fails_fails_with_it() {
    for piece in PIECES {
        let mut talk = Talk::new(piece);
        talk.leave_out(4);
        talk.asked(&[bind(1), sync(), bind(2), sync(), bind(3), sync(), bind(4), sync(), sync()]);
        let heard = talk.answered(&[complete(), row(2), error(), ready(b'E')]);
        let passed_over = [error(), ready(b'T')];
        let (before, after) = ([complete(), ready(b'T'), row(2)], [ready(b'E')]);
        assert_eq!(heard, [&before[..], &passed_over, &passed_over, &passed_over, &after].concat());
        // What comes next is asked as ever.
        talk.leave_out(1);
        assert_eq!(talk.asked(&[bind(5), sync(), sync()]), [bind(5), sync()]);
        assert_eq!(talk.answered(&[complete(), ready(b'I')]), [complete(), ready(b'T'), ready(b'I')]);
    }
}

#[test]
fn a_request_that_is_not_sent_leaves_the_next_sync_where_it_is() {
    let mut talk = Talk::new(usize::MAX);
    talk.leave_out(2);
    talk.messages.left_out.take_back();
    assert_eq!(talk.asked(&[bind(1), sync(), sync()]), [bind(1), sync()]);
    assert_eq!(talk.answered(&[complete(), ready(b'I')]), [complete(), ready(b'T'), ready(b'I')]);
}

#[test]
fn an_error_without_a_request_passes_as_it_is() {
    let mut talk = Talk::new(usize::MAX);
    let shutdown = message(b'E', b"SFATAL\0C57P01\0\0");
    assert_eq!(talk.answered(std::slice::from_ref(&shutdown)), [shutdown]);
}
