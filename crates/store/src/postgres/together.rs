//! Many requests that the server answers together.
//!
//! The client library ends each request with a `Sync`, upon which the server ends its transaction, says that it is ready and sends what it
//! has: of a small question that is most of the work. The protocol lets one `Sync` end many requests. So the stream between the
//! library and the server leaves out those that are announced, and answers them itself: to the library it looks as if each had
//! been there. When a request fails the server passes over those that follow it; each of them fails with the same error.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsStream};

/// Bytes that are read at once; and so many wait to leave before no more are taken.
const PORTION: usize = 64 * 1024;
/// The tags of messages to the server …
const NO_TAG: u8 = 0;
const EXECUTE: u8 = b'E';
const SYNC: u8 = b'S';
const QUERY: u8 = b'Q';
/// … and from it: what ends an answer (the command is complete, was empty, or has more rows), an error, that it takes rows, and that it
/// is ready.
const ENDS: [u8; 3] = *b"CIs";
const ERROR: u8 = b'E';
const TAKES_ROWS: u8 = b'G';
const READY: u8 = b'Z';
/// The message that the server is ready, in a transaction.
const IS_READY: [u8; 6] = [READY, 0, 0, 0, 5, b'T'];

/// How many of the next `Sync`s are left out.
#[derive(Debug, Clone, Default)]
pub(super) struct LeftOut(Arc<AtomicUsize>);

impl LeftOut {
    /// That of the next request is left out, too.
    pub(super) fn announce(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// That request will not be sent.
    pub(super) fn take_back(&self) {
        self.take();
    }

    /// True when the one at hand is left out.
    fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// The first message, if the whole of it is there, and what follows it.
fn first(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = bytes.get(1..5).and_then(|length| <[u8; 4]>::try_from(length).ok())?;
    // It counts itself, and not the tag before it.
    bytes.split_at_checked((u32::from_be_bytes(length) as usize).saturating_add(1))
}

/// Takes these bytes, after those of a message that has `begun`, and gives `each` whole one.
fn messages(begun: &mut Vec<u8>, bytes: &[u8], each: impl FnMut(&[u8])) {
    if begun.is_empty() {
        begun.extend_from_slice(whole(bytes, each));
    } else {
        begun.extend_from_slice(bytes);
        let left = whole(begun, each).len();
        begun.drain(..begun.len().saturating_sub(left));
    }
}

/// Gives `each` message that is whole, and what is left.
fn whole(mut bytes: &[u8], mut each: impl FnMut(&[u8])) -> &[u8] {
    while let Some((message, rest)) = first(bytes) {
        each(message);
        bytes = rest;
    }
    bytes
}

/// The end of a request, as the library wrote it, that is still to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The server has it, or another message that it answers by being ready.
    Sent,
    /// It was left out.
    LeftOut,
}

/// The messages in both directions.
#[derive(Debug)]
pub(super) struct Messages {
    left_out: LeftOut,
    /// What has come of a message on its way to the server, and from it.
    to_server: Vec<u8>,
    from_server: Vec<u8>,
    /// The tag of the message before.
    before: u8,
    /// In the order in which they were written.
    due: VecDeque<End>,
    error: Vec<u8>,
}

impl Messages {
    pub(super) fn new(left_out: LeftOut) -> Self {
        // The first message alone has no tag.
        let to_server = vec![NO_TAG];
        Self { left_out, to_server, from_server: Vec::new(), before: NO_TAG, due: VecDeque::new(), error: Vec::new() }
    }

    /// What of these bytes the server gets.
    pub(super) fn ask(&mut self, bytes: &[u8], server: &mut BytesMut) {
        let Self { left_out, to_server, before, due, .. } = self;
        messages(to_server, bytes, |message| {
            let tag = message.first().copied().unwrap_or(NO_TAG);
            // One that does not end a request is not meant: after the rows of a `COPY`, or by itself.
            if std::mem::replace(before, tag) == EXECUTE && tag == SYNC && left_out.take() {
                due.push_back(End::LeftOut);
                return;
            }
            if tag == SYNC || tag == QUERY {
                due.push_back(End::Sent);
            }
            server.extend_from_slice(message.get(usize::from(tag == NO_TAG)..).unwrap_or_default());
        });
    }

    /// What the library gets of what the server answers.
    pub(super) fn answer(&mut self, bytes: &[u8], library: &mut BytesMut) {
        let Self { from_server, due, error, .. } = self;
        messages(from_server, bytes, |message| match message.first() {
            Some(&READY) => {
                // Whatever it has not answered it passed over.
                while due.front() == Some(&End::LeftOut) {
                    due.pop_front();
                    library.extend_from_slice(error);
                    library.extend_from_slice(&IS_READY);
                }
                due.pop_front();
                library.extend_from_slice(message);
            }
            Some(&TAKES_ROWS) => {
                // It will not look at the `Sync` behind the request, only at the one behind the rows.
                due.pop_front();
                library.extend_from_slice(message);
            }
            Some(tag) if due.front() == Some(&End::LeftOut) && (*tag == ERROR || ENDS.contains(tag)) => {
                due.pop_front();
                library.extend_from_slice(message);
                library.extend_from_slice(&IS_READY);
                if *tag == ERROR {
                    *error = message.to_vec();
                }
            }
            _ => library.extend_from_slice(message),
        });
    }
}

/// A stream to a server.
pub(super) type Line = Box<dyn TlsStream + Send + Unpin>;

/// The stream to a server as the library sees it.
pub(super) struct Together {
    line: Line,
    messages: Messages,
    outgoing: BytesMut,
    incoming: BytesMut,
    portion: Box<[u8]>,
}

impl Together {
    pub(super) fn new(line: Line, left_out: LeftOut) -> Self {
        let (messages, outgoing, incoming) = (Messages::new(left_out), BytesMut::new(), BytesMut::new());
        Self { line, messages, outgoing, incoming, portion: vec![0; PORTION].into() }
    }

    /// Lets leave what waits, until so many bytes are left.
    fn poll_leave(&mut self, context: &mut Context<'_>, until: usize) -> Poll<io::Result<()>> {
        while self.outgoing.len() > until {
            let left = ready!(Pin::new(&mut self.line).poll_write(context, &self.outgoing))?;
            if left == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.outgoing.advance(left);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Together {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.incoming.is_empty() {
            let mut portion = ReadBuf::new(&mut this.portion);
            ready!(Pin::new(&mut this.line).poll_read(context, &mut portion))?;
            if portion.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.messages.answer(portion.filled(), &mut this.incoming);
        }
        let length = this.incoming.len().min(to.remaining());
        to.put_slice(&this.incoming.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Together {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_leave(context, PORTION))?;
        let this = &mut *self;
        this.messages.ask(bytes, &mut this.outgoing);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_leave(context, 0))?;
        Pin::new(&mut self.line).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_leave(context, 0))?;
        Pin::new(&mut self.line).poll_shutdown(context)
    }
}

impl TlsStream for Together {
    fn channel_binding(&self) -> ChannelBinding {
        self.line.channel_binding()
    }
}

#[cfg(test)]
mod tests;
