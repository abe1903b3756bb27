//! The way to a server, encrypted or not, with the stream on it that has many requests answered together.
//!
//! What the client library takes for encryption is the place where that stream can stand, so that it is told of every connection to be
//! encrypted: see [`super::address::Address::read`].

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::together::{LeftOut, Line, Together};

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

/// Makes the stream.
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
