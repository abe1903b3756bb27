use bytes::BytesMut;

use super::{LeftOut, Messages};

/// A message: its tag, its length, its body.
fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap() + 4;
    [&[tag][..], &length.to_be_bytes(), body].concat()
}

/// The only message without a tag.
const GREETING: &[u8] = b"\0\0\0\x08\0\x03\0\0";

/// Both directions, in pieces of so many bytes.
struct Talk {
    messages: Messages,
    left_out: LeftOut,
    piece: usize,
}

impl Talk {
    fn new(piece: usize) -> Self {
        let left_out = LeftOut::default();
        let mut talk = Self { messages: Messages::new(left_out.clone()), left_out, piece };
        assert_eq!(talk.sent(&[GREETING]), GREETING, "what has no tag passes as it is");
        talk
    }

    fn leave_out(&self, requests: usize) {
        (0..requests).for_each(|_| self.left_out.announce());
    }

    /// What the server gets.
    fn sent<M: AsRef<[u8]>>(&mut self, sent: &[M]) -> Vec<u8> {
        let (sent, mut server) = (joined(sent), BytesMut::new());
        sent.chunks(self.piece).for_each(|piece| self.messages.ask(piece, &mut server));
        server.to_vec()
    }

    /// The same, apart.
    fn asked(&mut self, sent: &[Vec<u8>]) -> Vec<Vec<u8>> {
        apart(&self.sent(sent))
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

fn apart(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let left = super::whole(bytes, |message| messages.push(message.to_vec()));
    assert!(left.is_empty(), "half a message was passed on: {left:?}");
    messages
}

/// A request: its values, and that it is carried out.
fn bind(number: u8) -> Vec<u8> {
    [message(b'B', &[number]), execute()].concat()
}

fn execute() -> Vec<u8> {
    message(b'E', &[0; 5])
}

fn parse() -> Vec<u8> {
    message(b'P', b"s1\0SELECT 1\0\0\0")
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
        let asked = [bind(1), sync(), message(b'Q', b"SELECT 1\0"), sync()];
        assert_eq!(talk.sent(&asked), joined(&asked));
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
            assert_eq!(talk.sent(&asked), joined(&[bind(1), bind(2), bind(3), sync()]), "round {round}");
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
        assert_eq!(talk.sent(&[bind(5), sync(), sync()]), joined(&[bind(5), sync()]));
        assert_eq!(talk.answered(&[complete(), ready(b'I')]), [complete(), ready(b'T'), ready(b'I')]);
    }
}

#[test]
fn a_request_that_is_not_sent_leaves_the_next_sync_where_it_is() {
    let mut talk = Talk::new(usize::MAX);
    talk.leave_out(2);
    talk.left_out.take_back();
    assert_eq!(talk.sent(&[bind(1), sync(), sync()]), joined(&[bind(1), sync()]));
    assert_eq!(talk.answered(&[complete(), ready(b'I')]), [complete(), ready(b'T'), ready(b'I')]);
}

/// A `COPY` whose rows are refused: the library goes on before the server has said that it is ready again, and its own last `Sync` may
/// still have to leave.
#[test]
fn rows_that_are_refused_do_not_disturb_what_follows() {
    let (rows, done) = (message(b'd', &[7; 90]), message(b'c', b""));
    for piece in PIECES {
        for late in [false, true] {
            let mut talk = Talk::new(piece);
            assert_eq!(talk.sent(&[bind(1), sync(), rows.clone()]), joined(&[bind(1), sync(), rows.clone()]));
            let takes = message(b'G', b"\x01\0\0");
            assert_eq!(talk.answered(std::slice::from_ref(&takes)), [takes]);
            assert_eq!(talk.answered(&[error()]), [error()]);
            if late {
                talk.leave_out(1);
            }
            assert_eq!(talk.sent(&[done.clone(), sync()]), joined(&[done.clone(), sync()]));
            if !late {
                talk.leave_out(1);
            }
            assert_eq!(talk.sent(&[bind(2), sync(), sync()]), joined(&[bind(2), sync()]));
            assert_eq!(talk.answered(&[ready(b'E')]), [ready(b'E')], "this is the answer to the rows");
            let heard = talk.answered(&[complete(), ready(b'I')]);
            assert_eq!(heard, [complete(), ready(b'T'), ready(b'I')]);
        }
    }
}

#[test]
fn what_is_prepared_and_not_waited_for_does_not_disturb_what_follows() {
    for piece in PIECES {
        let mut talk = Talk::new(piece);
        assert_eq!(talk.sent(&[parse(), sync()]), joined(&[parse(), sync()]));
        talk.leave_out(2);
        talk.asked(&[bind(1), sync(), bind(2), sync(), sync()]);
        assert_eq!(talk.answered(&[error(), ready(b'I')]), [error(), ready(b'I')]);
        let heard = talk.answered(&[complete(), row(1), complete(), ready(b'I')]);
        assert_eq!(heard, [complete(), ready(b'T'), row(1), complete(), ready(b'T'), ready(b'I')]);
    }
}

#[test]
fn an_answer_larger_than_what_is_read_at_once_passes_whole() {
    let mut talk = Talk::new(1_000);
    talk.leave_out(1);
    talk.asked(&[bind(1), sync(), sync()]);
    let large = message(b'D', &[9; 300_000]);
    let heard = talk.answered(&[large.clone(), complete(), ready(b'I')]);
    assert_eq!(heard, [large, complete(), ready(b'T'), ready(b'I')]);
}

#[test]
fn an_error_without_a_request_passes_as_it_is() {
    let mut talk = Talk::new(usize::MAX);
    let shutdown = message(b'E', b"SFATAL\0C57P01\0\0");
    assert_eq!(talk.answered(std::slice::from_ref(&shutdown)), [shutdown]);
}
