//! The server, as all connections of an opened store see it: an outage is awaited once, and told to whoever waits.

use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::UnixStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error};

use super::address::{Address, CONNECT_TIMEOUT};
use super::connection::{ends_connection, message};
use super::together::LeftOut;
use super::way::Way;
use crate::{Awaiting, Outage, StoreError};

/// What is set for each connection.
///
/// A commit waits for the disk whatever the server's own setting; a process that stopped between two batches of a transaction holds up
/// nobody for longer than seconds, and nobody waits for longer than a minute for one that stopped within a batch; plans are made once,
/// for any slot, and take the way by the key even while the server believes the tables to be empty.
const SETTINGS: &str = "
    SET synchronous_commit = on;
    SET idle_in_transaction_session_timeout = '10s';
    SET lock_timeout = '60s';
    SET tcp_keepalives_idle = 20;
    SET tcp_keepalives_interval = 5;
    SET tcp_keepalives_count = 3;
    SET tcp_user_timeout = '30s';
    SET client_min_messages = error;
    SET standard_conforming_strings = on;
    SET plan_cache_mode = force_generic_plan;
    SET jit = off;
    SET enable_seqscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off";
/// The pause between two looks for a server that is away.
const PAUSE: Duration = Duration::from_millis(500);
/// How long an attempt may stay unanswered before whoever waits is told, and the least time one gets.
const SILENCE: Duration = Duration::from_secs(1);

/// A server, and what its connections know of each other's luck.
pub(super) struct Server {
    pub(super) address: Address,
    awaiting: Awaiting,
    presence: Mutex<Presence>,
}

/// A connection that was made.
pub(super) struct Reached {
    pub(super) client: Client,
    /// What it leaves out.
    pub(super) left_out: LeftOut,
}

/// Why there is no connection.
enum Refused {
    Said(Error),
    NoSocket(io::Error),
    Silent,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Refused::Said(error)
    }
}

impl Refused {
    fn said(&self) -> String {
        match self {
            Refused::Said(error) => message(error),
            Refused::NoSocket(error) => format!("error connecting to server: {error}"),
            Refused::Silent => "it does not answer".to_owned(),
        }
    }
}

impl Server {
    pub(super) fn new(address: Address, awaiting: &Awaiting) -> Arc<Server> {
        Arc::new(Server { address, awaiting: awaiting.clone(), presence: Mutex::default() })
    }

    /// Connects for the first time: a server that is just starting or stopping is awaited, one of which nothing is seen is not.
    pub(super) fn reach(&self, runtime: &Runtime) -> Result<Reached, StoreError> {
        self.awaited(runtime, false)
    }

    /// Connects to a server that was there a moment ago: when it is away, it is awaited.
    pub(super) fn reach_again(&self, runtime: &Runtime) -> Result<Reached, StoreError> {
        self.awaited(runtime, true)
    }

    fn awaited(&self, runtime: &Runtime, mut seen: bool) -> Result<Reached, StoreError> {
        loop {
            let began = now();
            let longest =
                if seen { self.presence(|presence| presence.left(began, self.awaiting.patience)) } else { None };
            let longest = longest.map_or(CONNECT_TIMEOUT, |left| left.clamp(SILENCE, CONNECT_TIMEOUT));
            let refused = match runtime.block_on(self.attempt(began, seen, longest)) {
                Ok(reached) => {
                    self.is_there();
                    return Ok(reached);
                }
                Err(refused) => refused,
            };
            if !(if seen { may_come_back(&refused) } else { self.starts_or_stops(&refused) }) {
                return Err(self.unreachable(&refused));
            }
            seen = true;
            self.is_away(began, &refused.said(), self.awaiting.patience);
            match self.presence(|presence| presence.left(now(), self.awaiting.patience)) {
                Some(Duration::ZERO) => return Err(self.unreachable(&refused)),
                Some(left) => std::thread::sleep(left.min(PAUSE)),
                None => std::thread::sleep(PAUSE),
            }
        }
    }

    /// One attempt, which is told of when it stays unanswered for long.
    async fn attempt(&self, began: Instant, seen: bool, longest: Duration) -> Result<Reached, Refused> {
        let mut attempt = pin!(timeout(longest, self.connect()));
        let answer = match timeout(SILENCE, &mut attempt).await {
            Ok(answer) => answer,
            Err(_) => {
                let patience = if seen { self.awaiting.patience } else { longest };
                self.is_away(began, &Refused::Silent.said(), patience);
                attempt.await
            }
        };
        answer.map_err(|_| Refused::Silent)?
    }

    async fn connect(&self) -> Result<Reached, Refused> {
        let left_out = LeftOut::default();
        let way = Way::new(self.address.tls.clone(), left_out.clone());
        let client = match self.address.socket() {
            // The library would refuse to encrypt, as it sees it, what has no host's name: it is given the stream.
            Some(socket) => {
                let stream = UnixStream::connect(socket).await.map_err(Refused::NoSocket)?;
                let (client, connection) = self.address.config.connect_raw(stream, way).await?;
                tokio::spawn(connection);
                client
            }
            None => {
                let (client, connection) = self.address.config.connect(way).await?;
                tokio::spawn(connection);
                client
            }
        };
        client.batch_execute(SETTINGS).await?;
        Ok(Reached { client, left_out })
    }

    fn is_away(&self, began: Instant, why: &str, patience: Duration) {
        if self.presence(|presence| presence.missed(began)) {
            let (url, why) = (self.address.shown.clone(), why.to_owned());
            (self.awaiting.listener)(&Outage::Begun { url, why, patience });
        }
    }

    fn is_there(&self) {
        if let Some(after) = self.presence(|presence| presence.met(now())) {
            (self.awaiting.listener)(&Outage::Over { url: self.address.shown.clone(), after });
        }
    }

    fn presence<T>(&self, look: impl FnOnce(&mut Presence) -> T) -> T {
        look(&mut self.presence.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn unreachable(&self, refused: &Refused) -> StoreError {
        StoreError::Unreachable { url: self.address.shown.clone(), why: refused.said() }
    }

    /// True when the server shows that it is there, and lets nobody in yet or any more.
    fn starts_or_stops(&self, refused: &Refused) -> bool {
        match refused {
            Refused::Said(error) => match error.code() {
                Some(code) => {
                    [SqlState::CANNOT_CONNECT_NOW, SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN].contains(code)
                }
                None => self.address.socket().is_some() && error.is_closed(),
            },
            // A socket that nobody listens at was left behind by a server that died; where there is no file, there is no server.
            Refused::NoSocket(error) => error.kind() == io::ErrorKind::ConnectionRefused,
            Refused::Silent => false,
        }
    }
}

/// True when a server that was there may come back: nobody answers, or it lets nobody in for now.
fn may_come_back(refused: &Refused) -> bool {
    match refused {
        Refused::Silent | Refused::NoSocket(_) => true,
        Refused::Said(error) => match error.code() {
            Some(code) => ends_connection(code) || *code == SqlState::TOO_MANY_CONNECTIONS,
            None => true,
        },
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a server is away is measured; nothing that is kept depends on it"
)]
fn now() -> Instant {
    Instant::now()
}

/// Since when the server is away, and when it was last there.
#[derive(Debug, Default)]
pub(super) struct Presence {
    away: Option<Instant>,
    there: Option<Instant>,
}

impl Presence {
    /// An attempt that began then met nobody. True when that is news: the outage begins with it. Whoever has met the server since knows
    /// better.
    pub(super) fn missed(&mut self, began: Instant) -> bool {
        let known = self.away.is_some() || self.there.is_some_and(|there| there >= began);
        if !known {
            self.away = Some(began);
        }
        !known
    }

    /// Somebody has connected. How long the server was away, if it was.
    pub(super) fn met(&mut self, now: Instant) -> Option<Duration> {
        self.there = Some(now);
        self.away.take().map(|since| now.saturating_duration_since(since))
    }

    /// For how long the outage will still be awaited; `None` while there is none.
    pub(super) fn left(&self, now: Instant, patience: Duration) -> Option<Duration> {
        self.away.map(|since| patience.saturating_sub(now.saturating_duration_since(since)))
    }
}
