//! Rows of the database as rows of the port.

use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use crate::{
    Body, CharterRow, EventRow, FanoutRow, FitRow, HeadRow, InboxRow, InterestRow, OutboxRow, PartKind, PartRow,
    PostingRow, QuarantineRow, Slot, StoreError, TallyRow,
};

/// The kinds of an event's body.
pub(super) const OWN: i16 = 0;
pub(super) const HEARD: i16 = 1;
pub(super) const ERASED: i16 = 2;

/// Reads the columns of a row of a table.
pub(super) struct Fetch<'r> {
    pub(super) table: &'static str,
    pub(super) row: &'r Row,
}

impl<'r> Fetch<'r> {
    fn damaged(&self, what: impl ToString) -> StoreError {
        StoreError::Damaged { table: self.table, what: what.to_string() }
    }

    pub(super) fn get<T: FromSql<'r>>(&self, column: usize) -> Result<T, StoreError> {
        self.row.try_get(column).map_err(|error| self.damaged(super::address::said(&error)))
    }

    pub(super) fn text(&self, column: usize) -> Result<Box<str>, StoreError> {
        Ok(self.get::<&str>(column)?.into())
    }

    fn bytes(&self, column: usize) -> Result<Box<[u8]>, StoreError> {
        Ok(self.get::<&[u8]>(column)?.into())
    }

    /// Bytes of a known length.
    fn fixed<const N: usize>(&self, column: usize) -> Result<[u8; N], StoreError> {
        let bytes: &[u8] = self.get(column)?;
        bytes.try_into().map_err(|_| self.damaged(format!("{} bytes where {N} should be", bytes.len())))
    }

    /// A number of the database, in a narrower type.
    pub(super) fn narrow<W: FromSql<'r> + Copy + ToString, T: TryFrom<W>>(
        &self,
        column: usize,
    ) -> Result<T, StoreError> {
        let wide: W = self.get(column)?;
        T::try_from(wide).map_err(|_| self.damaged(format!("{} is out of range", wide.to_string())))
    }

    fn slot(&self) -> Result<Slot, StoreError> {
        Ok(Slot(self.narrow::<i16, u16>(0)?))
    }

    fn natural(&self, column: usize) -> Result<u64, StoreError> {
        self.narrow::<i64, u64>(column)
    }
}

pub(super) fn head(from: &Fetch) -> Result<HeadRow, StoreError> {
    Ok(HeadRow {
        slot: from.slot()?,
        key: from.text(1)?,
        seq: from.natural(2)?,
        hash: from.fixed(3)?,
        wake_at: from.get(4)?,
        state: from.bytes(5)?,
    })
}

pub(super) fn event(from: &Fetch) -> Result<EventRow, StoreError> {
    let body = match from.get::<i16>(7)? {
        OWN => Body::Own(from.bytes(8)?),
        HEARD => Body::Heard { thing: from.text(9)?, seq: from.natural(10)? },
        ERASED => Body::Erased(from.fixed(8)?),
        other => return Err(from.damaged(format!("kind {other} is not known"))),
    };
    Ok(EventRow {
        slot: from.slot()?,
        key: from.text(1)?,
        seq: from.natural(2)?,
        ident: from.fixed(3)?,
        time: from.get(4)?,
        recorded: from.get(5)?,
        context: from.narrow::<i16, u8>(6)?,
        body,
        hash: from.fixed(11)?,
    })
}

pub(super) fn part(kind: PartKind) -> impl Fn(&Fetch) -> Result<PartRow, StoreError> {
    move |from| {
        Ok(PartRow {
            kind,
            slot: from.slot()?,
            party: from.text(1)?,
            id: from.fixed(2)?,
            thing: from.text(3)?,
            clause: from.text(4)?,
            state: from.narrow::<i16, u8>(5)?,
            due: from.get(6)?,
            wake_at: from.get(7)?,
            since: from.get(8)?,
            body: from.bytes(9)?,
        })
    }
}

pub(super) fn interest(from: &Fetch) -> Result<InterestRow, StoreError> {
    Ok(InterestRow { slot: from.slot()?, thing: from.text(1)?, party: from.text(2)?, heard: from.get(3)? })
}

pub(super) fn inbox(from: &Fetch) -> Result<InboxRow, StoreError> {
    Ok(InboxRow { slot: from.slot()?, party: from.text(1)?, thing: from.text(2)?, seq: from.natural(3)? })
}

pub(super) fn fanout(from: &Fetch) -> Result<FanoutRow, StoreError> {
    Ok(FanoutRow { slot: from.slot()?, thing: from.text(1)?, seq: from.natural(2)?, after: from.text(3)? })
}

pub(super) fn posting(from: &Fetch) -> Result<PostingRow, StoreError> {
    Ok(PostingRow {
        slot: from.slot()?,
        party: from.text(1)?,
        movement: from.fixed(2)?,
        line: from.narrow::<i16, u8>(3)?,
        time: from.get(4)?,
        remedy: from.fixed(5)?,
        account: from.text(6)?,
        commodity: from.text(7)?,
        decimals: from.narrow::<i16, u8>(8)?,
        amount: from.get(9)?,
    })
}

pub(super) fn outbox(from: &Fetch) -> Result<OutboxRow, StoreError> {
    Ok(OutboxRow {
        slot: from.slot()?,
        party: from.text(1)?,
        id: from.fixed(2)?,
        topic: from.text(3)?,
        body: from.bytes(4)?,
        attempts: from.narrow::<i64, u32>(5)?,
        next_try: from.get(6)?,
        delivered: from.get(7)?,
        trouble: from.text(8)?,
    })
}

pub(super) fn tally(from: &Fetch) -> Result<TallyRow, StoreError> {
    Ok(TallyRow {
        slot: from.slot()?,
        name: from.text(1)?,
        day: from.get(2)?,
        commodity: from.text(3)?,
        amount: from.get(4)?,
    })
}

pub(super) fn quarantine(from: &Fetch) -> Result<QuarantineRow, StoreError> {
    Ok(QuarantineRow {
        slot: from.slot()?,
        id: from.fixed(1)?,
        origin: from.text(2)?,
        line: from.natural(3)?,
        code: from.text(4)?,
        reason: from.text(5)?,
        bytes: from.bytes(6)?,
        recorded: from.get(7)?,
    })
}

pub(super) fn fit(from: &Fetch) -> Result<FitRow, StoreError> {
    Ok(FitRow {
        charter: from.text(0)?,
        currency: from.text(1)?,
        day: from.get(2)?,
        model: from.text(3)?,
        converged: from.get(4)?,
        body: from.bytes(5)?,
        recorded: from.get(6)?,
    })
}

pub(super) fn charter(from: &Fetch) -> Result<CharterRow, StoreError> {
    Ok(CharterRow {
        name: from.text(0)?,
        version: from.text(1)?,
        digest: from.fixed(2)?,
        text: from.text(3)?,
        recorded: from.get(4)?,
    })
}
