//! One connection: statements prepared once, sent many at a time, answered in their order, and made again when it breaks.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use futures_util::future::{MaybeDone, maybe_done};
use tokio::runtime::Runtime;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{Kind, ToSql, Type};
use tokio_postgres::{Client, Error, Row, Statement};

use super::address::{Address, said};
use super::server::{Reached, Server};
use super::together::LeftOut;
use crate::StoreError;

/// How often a question is asked whose connection breaks each time: it may be the question that breaks it.
const ASKED: u32 = 10;
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
    server: Arc<Server>,
    runtime: Runtime,
    client: Client,
    left_out: LeftOut,
    prepared: BTreeMap<String, Statement>,
    /// True when what is asked next belongs to a transaction that would be gone with this connection.
    bound: bool,
}

impl Connection {
    /// Connects for the first time: see [`Server::reach`].
    pub(super) fn open(server: &Arc<Server>) -> Result<Connection, StoreError> {
        Connection::with(server, Server::reach)
    }

    /// Connects to a server that was there a moment ago: when it is away, it is awaited.
    pub(super) fn another(server: &Arc<Server>) -> Result<Connection, StoreError> {
        Connection::with(server, Server::reach_again)
    }

    fn with(
        server: &Arc<Server>,
        reach: impl FnOnce(&Server, &Runtime) -> Result<Reached, StoreError>,
    ) -> Result<Connection, StoreError> {
        let url = || server.address.shown.clone();
        let failed =
            |source: std::io::Error| StoreError::Database { url: url(), doing: "starting", source: Box::new(source) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let Reached { client, left_out } = reach(server, &runtime)?;
        Ok(Connection {
            server: Arc::clone(server),
            runtime,
            client,
            left_out,
            prepared: BTreeMap::new(),
            bound: false,
        })
    }

    /// From here on everything is read as it was at this moment.
    pub(super) fn hold_still(&mut self) -> Result<(), StoreError> {
        // A transaction sees nothing before its first question.
        let sql =
            "SET idle_in_transaction_session_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1";
        self.batch(sql).map_err(|error| failed(self.address(), "beginning", error))?;
        self.bound = true;
        Ok(())
    }

    /// What is asked within `run` belongs to one transaction: when its connection breaks, nothing more is asked on another one.
    pub(super) fn bound<T>(&mut self, run: impl FnOnce(&mut Connection) -> T) -> T {
        let before = std::mem::replace(&mut self.bound, true);
        let done = run(self);
        self.bound = before;
        done
    }

    pub(super) fn address(&self) -> &Address {
        &self.server.address
    }

    /// Runs statements that have no values and no answers, as they stand.
    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.runtime.block_on(self.client.batch_execute(sql))
    }

    /// Reads: a connection that breaks is made again, and the question asked again.
    pub(super) fn ask(&mut self, doing: &'static str, calls: &[Call]) -> Result<Vec<Vec<Row>>, StoreError> {
        for _ in 1..ASKED {
            match self.send(calls) {
                Err(error) if is_lost(&error) && !self.bound => self.reconnect()?,
                other => return other.map_err(|error| failed(self.address(), doing, error)),
            }
        }
        self.send(calls).map_err(|error| failed(self.address(), doing, error))
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

    /// Sends all of them without waiting in between, and gives the rows of each. The first failure is the answer; nothing that follows
    /// it is carried out.
    pub(super) fn send(&mut self, calls: &[Call]) -> Result<Vec<Vec<Row>>, Error> {
        let mut asked: Vec<(Statement, &Call)> = Vec::with_capacity(calls.len());
        for call in calls {
            let statement = match asked.last() {
                // The usual case, found without comparing texts.
                Some((statement, before)) if std::ptr::eq(before.sql, call.sql) => statement.clone(),
                _ => self.prepared(call.sql)?,
            };
            asked.push((statement, call));
        }
        let mut answers = Vec::with_capacity(calls.len());
        for portion in asked.chunks(PIPELINE) {
            let client = &self.client;
            let sent = portion.iter().map(|(statement, call)| client.query(statement, &call.params));
            let sent: Vec<_> = sent.map(|one| Box::pin(maybe_done(one))).collect();
            answers.append(&mut self.runtime.block_on(in_order(sent, client, &self.left_out))?);
        }
        Ok(answers)
    }

    /// The statement of this text, which the server is given once.
    fn prepared(&mut self, sql: &str) -> Result<Statement, Error> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.runtime.block_on(self.client.prepare(sql))?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Carries rows into a table by `COPY`. `like` inserts the same columns: from it their types are known.
    pub(super) fn copy<'p>(
        &mut self,
        copy: &str,
        like: &str,
        rows: impl Iterator<Item = Vec<Param<'p>>>,
    ) -> Result<(), Error> {
        let (like, copy) = (self.prepared(like)?, self.prepared(copy)?);
        let types = like.params().iter().map(|array| match array.kind() {
            Kind::Array(element) => element.clone(),
            _ => array.clone(),
        });
        let types: Vec<Type> = types.collect();
        self.runtime.block_on(async {
            let mut writer = pin!(BinaryCopyInWriter::new(self.client.copy_in(&copy).await?, &types));
            for row in rows {
                writer.as_mut().write(&row).await?;
            }
            writer.finish().await.map(|_| ())
        })
    }

    /// Looks for the server until it is there again.
    pub(super) fn reconnect(&mut self) -> Result<(), StoreError> {
        Reached { client: self.client, left_out: self.left_out } = self.server.reach_again(&self.runtime)?;
        self.prepared.clear();
        Ok(())
    }
}

/// Polls each once, so that the requests leave in this order, ended by one `Sync`, and then awaits their answers.
async fn in_order<F>(
    mut sent: Vec<Pin<Box<MaybeDone<F>>>>,
    client: &Client,
    left_out: &LeftOut,
) -> Result<Vec<Vec<Row>>, Error>
where
    F: Future<Output = Result<Vec<Row>, Error>>,
{
    let mut asked = 0_usize;
    for together in sent.chunks_mut(TOGETHER) {
        let all = poll_fn(|context| {
            for one in &mut *together {
                asked = asked.saturating_add(1);
                left_out.announce();
                if one.as_mut().poll(context).is_ready() {
                    // It cannot be written down, or there is no connection any more.
                    left_out.take_back();
                    return Poll::Ready(false);
                }
            }
            Poll::Ready(true)
        })
        .await;
        if !all {
            break;
        }
        // These leave, and the server begins, while the next are written down.
        tokio::task::yield_now().await;
    }
    // This is nothing but a `Sync`. Its answer comes after all others.
    let mut end = pin!(maybe_done(client.check_connection()));
    poll_fn(|context| Poll::Ready(end.as_mut().poll(context).is_ready())).await;
    sent.truncate(asked);
    let mut answers = Vec::with_capacity(sent.len());
    for mut one in sent {
        one.as_mut().await;
        answers.extend(one.as_mut().take_output());
    }
    let answers: Result<Vec<Vec<Row>>, Error> = answers.into_iter().collect();
    end.as_mut().await;
    end.take_output().transpose()?;
    answers
}

/// True when the connection is gone, and with it the transaction, whose end may be unknown.
pub(super) fn is_lost(error: &Error) -> bool {
    let network = std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>());
    error.is_closed() || network || error.code().is_some_and(ends_connection)
}

pub(super) fn ends_connection(code: &SqlState) -> bool {
    *code == SqlState::ADMIN_SHUTDOWN
        || *code == SqlState::CRASH_SHUTDOWN
        || *code == SqlState::CANNOT_CONNECT_NOW
        || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        || code.code().starts_with("08")
}

/// Tells what the operator can mend from a database that failed.
pub(super) fn failed(address: &Address, doing: &'static str, error: Error) -> StoreError {
    match error.code() {
        Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
            StoreError::Forbidden { url: address.shown.clone(), why: message(&error) }
        }
        _ if is_lost(&error) => StoreError::Unreachable { url: address.shown.clone(), why: message(&error) },
        _ => StoreError::Database { url: address.shown.clone(), doing, source: message(&error).into() },
    }
}

/// What the server said.
pub(super) fn message(error: &Error) -> String {
    match error.as_db_error() {
        Some(told) => match told.detail() {
            Some(detail) => format!("{} ({detail})", told.message()),
            None => told.message().to_owned(),
        },
        None => said(error),
    }
}
