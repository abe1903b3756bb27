//! Many requests that the server answers together.
//!
//! The client library ends each request with a `Sync`, upon which the server ends its transaction, says that it is ready and sends what it
//! has: of a small question that is most of the work. The protocol lets one `Sync` end many requests. So the stream between the
//! library and the server leaves out those that are announced, and answers them itself: to the library it looks as if each had
//! been there. When a request fails the server passes over those that follow it; each of them fails with the same error.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Bytes that are read at once; and so many wait to leave before no more are taken.
const PORTION: usize = 64 * 1024;
/// The tags of messages to the server …
const SYNC: u8 = b'S';
/// … and from it: what ends an answer (the command is complete, was empty, or has more rows), an error, and that it is ready.
const ENDS: [u8; 3] = *b"CIs";
const ERROR: u8 = b'E';
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

/// The first message, if the whole of it is there, and what follows it. Its length, which counts itself, stands at `at`.
fn first(bytes: &[u8], at: usize) -> Option<(&[u8], &[u8])> {
    let length = bytes.get(at..at.saturating_add(4)).and_then(|length| <[u8; 4]>::try_from(length).ok())?;
    bytes.split_at_checked(at.saturating_add(u32::from_be_bytes(length) as usize))
}

/// These bytes, after those of a message that has begun.
fn joined<'b>(begun: &'b mut Vec<u8>, bytes: &'b [u8]) -> &'b [u8] {
    if begun.is_empty() {
        return bytes;
    }
    begun.extend_from_slice(bytes);
    begun
}

/// The messages in both directions.
#[derive(Debug, Default)]
pub(super) struct Messages {
    pub(super) left_out: LeftOut,
    /// True from the first message on, which alone has no tag.
    greeted: bool,
    /// Of a message that has come only in part, on its way to the server and from it.
    to_server: Vec<u8>,
    from_server: Vec<u8>,
    /// `Sync`s that were left out and are not answered yet.
    owed: usize,
    error: Vec<u8>,
}

impl Messages {
    /// What of these bytes the server gets.
    pub(super) fn ask(&mut self, bytes: &[u8], server: &mut BytesMut) {
        let mut begun = std::mem::take(&mut self.to_server);
        let mut rest = joined(&mut begun, bytes);
        while let Some((message, after)) = first(rest, usize::from(self.greeted)) {
            if std::mem::replace(&mut self.greeted, true) && message.first() == Some(&SYNC) && self.left_out.take() {
                self.owed = self.owed.saturating_add(1);
            } else {
                server.extend_from_slice(message);
            }
            rest = after;
        }
        self.to_server.extend_from_slice(rest);
    }

    /// What the library gets of what the server answers.
    pub(super) fn answer(&mut self, bytes: &[u8], library: &mut BytesMut) {
        let mut begun = std::mem::take(&mut self.from_server);
        let mut rest = joined(&mut begun, bytes);
        while let Some((message, after)) = first(rest, 1) {
            let tag = message.first().copied().unwrap_or_default();
            if tag == READY {
                // Whatever it has not answered it passed over.
                for _ in 0..std::mem::take(&mut self.owed) {
                    library.extend_from_slice(&self.error);
                    library.extend_from_slice(&IS_READY);
                }
            }
            library.extend_from_slice(message);
            if self.owed > 0 && (tag == ERROR || ENDS.contains(&tag)) {
                self.owed = self.owed.saturating_sub(1);
                library.extend_from_slice(&IS_READY);
                if tag == ERROR {
                    self.error = message.into();
                }
            }
            rest = after;
        }
        self.from_server.extend_from_slice(rest);
    }
}

/// A stream to a server.
type Line = Box<dyn TlsStream + Send + Unpin>;

/// The stream to a server as the library sees it.
pub(super) struct Together {
    line: Line,
    messages: Messages,
    outgoing: BytesMut,
    incoming: BytesMut,
    portion: Box<[u8]>,
}

impl Together {
    fn new(line: Line, left_out: LeftOut) -> Self {
        let messages = Messages { left_out, ..Messages::default() };
        let (outgoing, incoming) = (BytesMut::new(), BytesMut::new());
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

/// A stream that is not encrypted.
struct Plain<S>(S);

impl<S: AsyncRead + Unpin> AsyncRead for Plain<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, to)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Plain<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Plain<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

/// Makes the stream, over one that is encrypted or not: what the library takes for encryption is the place where it can stand.
#[derive(Clone)]
pub(super) struct Way {
    tls: Option<MakeRustlsConnect>,
    left_out: LeftOut,
    host: String,
}

impl Way {
    pub(super) fn new(tls: Option<MakeRustlsConnect>, left_out: LeftOut) -> Self {
        Self { tls, left_out, host: String::new() }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Way {
    type Stream = Together;
    type TlsConnect = Way;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Way> {
        Ok(Way { host: host.to_owned(), ..self.clone() })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Way {
    type Stream = Together;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Together, Self::Error>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let line: Line = match self.tls {
                Some(mut tls) => {
                    let tls = MakeTlsConnect::<S>::make_tls_connect(&mut tls, &self.host)?;
                    Box::new(tls.connect(stream).await?)
                }
                None => Box::new(Plain(stream)),
            };
            Ok(Together::new(line, self.left_out))
        })
    }
}

#[cfg(test)]
mod tests;
