//! One connection: statements prepared once, sent many at a time, answered in their order, and a server that went away awaited.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::maybe_done;
use tokio::runtime::Runtime;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{Kind, ToSql, Type};
use tokio_postgres::{Client, Error, NoTls, Row, Statement};

use super::address::{Address, said};
use crate::StoreError;

/// What is set for each connection.
///
/// A commit waits for the disk whatever the server's own setting; a process that stopped in the middle of a transaction holds up
/// nobody for longer than seconds; plans are made once, for any slot, and take the way by the key even while the server believes the
/// tables to be empty.
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
/// How often a server that went away is looked for, and the pause between: half a minute.
const RECONNECT_TRIES: u32 = 60;
const RECONNECT_PAUSE: Duration = Duration::from_millis(500);
/// Requests that are under way at once.
const PIPELINE: usize = 4_096;
/// Requests that leave together.
const TOGETHER: usize = 64;

/// A value of a statement.
pub(super) type Param<'p> = &'p (dyn ToSql + Sync);

/// A statement with its values.
pub(super) struct Call<'p> {
    pub(super) sql: &'p str,
    pub(super) params: Vec<Param<'p>>,
}

impl<'p> Call<'p> {
    pub(super) fn new(sql: &'p str, params: Vec<Param<'p>>) -> Self {
        Self { sql, params }
    }
}

pub(super) struct Connection {
    address: Address,
    runtime: Runtime,
    client: Client,
    prepared: BTreeMap<String, Statement>,
    /// True when what was read so far is only worth something together with what is read next.
    snapshot: bool,
}

impl Connection {
    /// Connects, and sets what every connection needs.
    pub(super) fn open(address: &Address) -> Result<Connection, StoreError> {
        let client = |runtime: &Runtime| connect(runtime, address).map_err(|error| unreachable(address, &error));
        Connection::with(address, client)
    }

    fn with(
        address: &Address,
        client: impl FnOnce(&Runtime) -> Result<Client, StoreError>,
    ) -> Result<Connection, StoreError> {
        let failed = |source: std::io::Error| StoreError::Database { doing: "starting", source: Box::new(source) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let client = client(&runtime)?;
        Ok(Connection { address: address.clone(), runtime, client, prepared: BTreeMap::new(), snapshot: false })
    }

    /// Connects to a server that was there a moment ago: when it is away, it is awaited.
    pub(super) fn another(address: &Address) -> Result<Connection, StoreError> {
        Connection::with(address, |runtime| awaited(runtime, address))
    }

    /// From here on everything is read as it was at this moment.
    pub(super) fn hold_still(&mut self) -> Result<(), StoreError> {
        // A transaction sees nothing before its first question.
        let sql =
            "SET idle_in_transaction_session_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1";
        self.batch(sql).map_err(|error| failed(&self.address, "beginning", error))?;
        self.snapshot = true;
        Ok(())
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Runs statements that have no values and no answers, as they stand.
    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.runtime.block_on(self.client.batch_execute(sql))
    }

    /// Reads: a connection that breaks is made again, and the question asked again.
    pub(super) fn ask(&mut self, doing: &'static str, calls: &[Call]) -> Result<Vec<Vec<Row>>, StoreError> {
        loop {
            match self.send(calls) {
                Err(error) if is_lost(&error) && !self.snapshot => self.reconnect()?,
                other => return other.map_err(|error| failed(&self.address, doing, error)),
            }
        }
    }

    /// One question.
    pub(super) fn ask_one(
        &mut self,
        doing: &'static str,
        sql: &'static str,
        params: Vec<Param>,
    ) -> Result<Vec<Row>, StoreError> {
        Ok(self.ask(doing, &[Call { sql, params }])?.pop().unwrap_or_default())
    }

    /// Sends all of them without waiting in between, and gives the rows of each. The first failure is the answer.
    pub(super) fn send(&mut self, calls: &[Call]) -> Result<Vec<Vec<Row>>, Error> {
        for call in calls {
            self.prepare(call.sql)?;
        }
        let mut answers = Vec::with_capacity(calls.len());
        for portion in calls.chunks(PIPELINE) {
            let (client, prepared) = (&self.client, &self.prepared);
            let sent: Vec<_> = portion
                .iter()
                .filter_map(|call| Some((prepared.get(call.sql)?, call)))
                .map(|(statement, call)| Box::pin(maybe_done(client.query(statement, &call.params))))
                .collect();
            answers.append(&mut self.runtime.block_on(in_order(sent))?);
        }
        Ok(answers)
    }

    fn prepare(&mut self, sql: &str) -> Result<(), Error> {
        if !self.prepared.contains_key(sql) {
            let statement = self.runtime.block_on(self.client.prepare(sql))?;
            self.prepared.insert(sql.to_owned(), statement);
        }
        Ok(())
    }

    /// Carries rows into a table by `COPY`. `like` inserts the same columns: from it their types are known.
    pub(super) fn copy<'p>(
        &mut self,
        copy: &str,
        like: &str,
        rows: impl Iterator<Item = Vec<Param<'p>>>,
    ) -> Result<(), Error> {
        self.prepare(like)?;
        self.prepare(copy)?;
        let (Some(copy), Some(like)) = (self.prepared.get(copy), self.prepared.get(like)) else { return Ok(()) };
        let of = |of: &Type| if let Kind::Array(of) = of.kind() { of.clone() } else { of.clone() };
        let types: Vec<Type> = like.params().iter().map(of).collect();
        self.runtime.block_on(async {
            let mut writer = pin!(BinaryCopyInWriter::new(self.client.copy_in(copy).await?, &types));
            for row in rows {
                writer.as_mut().write(&row).await?;
            }
            writer.finish().await.map(|_| ())
        })
    }

    /// Looks for the server until it is there again.
    pub(super) fn reconnect(&mut self) -> Result<(), StoreError> {
        self.client = awaited(&self.runtime, &self.address)?;
        self.prepared.clear();
        Ok(())
    }
}

/// Connects, and looks again for a server that is away.
fn awaited(runtime: &Runtime, address: &Address) -> Result<Client, StoreError> {
    let mut tries = 0_u32;
    loop {
        match connect(runtime, address) {
            Err(error) if is_away(&error) && tries < RECONNECT_TRIES => {
                tries = tries.saturating_add(1);
                std::thread::sleep(RECONNECT_PAUSE);
            }
            other => return other.map_err(|error| unreachable(address, &error)),
        }
    }
}

/// Polls each once, so that the requests leave in this order, and then awaits their answers.
async fn in_order<F>(
    mut sent: Vec<std::pin::Pin<Box<futures_util::future::MaybeDone<F>>>>,
) -> Result<Vec<Vec<Row>>, Error>
where
    F: Future<Output = Result<Vec<Row>, Error>>,
{
    for together in sent.chunks_mut(TOGETHER) {
        poll_fn(|context| {
            for one in &mut *together {
                let _ = one.as_mut().poll(context);
            }
            Poll::Ready(())
        })
        .await;
        // These leave, and the server begins, while the next are written down.
        tokio::task::yield_now().await;
    }
    let mut answers = Vec::with_capacity(sent.len());
    for mut one in sent {
        one.as_mut().await;
        if let Some(answer) = one.as_mut().take_output() {
            answers.push(answer?);
        }
    }
    Ok(answers)
}

fn connect(runtime: &Runtime, address: &Address) -> Result<Client, Error> {
    runtime.block_on(async {
        let client = match &address.tls {
            Some(tls) => {
                let (client, connection) = address.config.connect(tls.clone()).await?;
                tokio::spawn(connection);
                client
            }
            None => {
                let (client, connection) = address.config.connect(NoTls).await?;
                tokio::spawn(connection);
                client
            }
        };
        client.batch_execute(SETTINGS).await?;
        Ok(client)
    })
}

fn unreachable(address: &Address, error: &Error) -> StoreError {
    StoreError::Unreachable { url: address.shown.clone(), why: message(error) }
}

/// True when the connection is gone, and with it the transaction, whose end may be unknown.
pub(super) fn is_lost(error: &Error) -> bool {
    let network = std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>());
    error.is_closed() || network || error.code().is_some_and(ends_connection)
}

fn ends_connection(code: &SqlState) -> bool {
    *code == SqlState::ADMIN_SHUTDOWN
        || *code == SqlState::CRASH_SHUTDOWN
        || *code == SqlState::CANNOT_CONNECT_NOW
        || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        || code.code().starts_with("08")
}

/// True when the server may come back: nobody answers, or it is starting up.
fn is_away(error: &Error) -> bool {
    match error.code() {
        Some(code) => ends_connection(code) || *code == SqlState::TOO_MANY_CONNECTIONS,
        None => true,
    }
}

/// Tells what the operator can mend from a database that failed.
pub(super) fn failed(address: &Address, doing: &'static str, error: Error) -> StoreError {
    match error.code() {
        Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
            StoreError::Forbidden { url: address.shown.clone(), why: message(&error) }
        }
        _ if is_lost(&error) => StoreError::Unreachable { url: address.shown.clone(), why: message(&error) },
        _ => StoreError::Database { doing, source: message(&error).into() },
    }
}

/// What the server said.
fn message(error: &Error) -> String {
    match error.as_db_error() {
        Some(told) => match told.detail() {
            Some(detail) => format!("{} ({detail})", told.message()),
            None => told.message().to_owned(),
        },
        None => said(error),
    }
}
