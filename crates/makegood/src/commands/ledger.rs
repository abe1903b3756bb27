use std::fs::File;
use std::io::{self, BufWriter, Write};

use crate::arguments::Ledger;
use crate::books::{self, for_each};
use crate::output::put;
use crate::output::{amount, table};
use crate::statement::Statement;
use crate::{Failure, open};

/// `makegood ledger`: balances, register, export.
pub fn run(arguments: &Ledger) -> Result<bool, Failure> {
    match arguments {
        Ledger::Balance(database) => {
            let opened = open::database(&database.db)?;
            let accounts = opened.store.reader()?.balances()?.into_iter();
            let accounts =
                accounts.map(|(account, code, decimals, sum)| (account.into(), code.into(), decimals, sum)).collect();
            let statement = Statement { accounts, ..Statement::default() };
            put!("{}", statement.books());
            Ok(statement.balances())
        }
        Ledger::Register { database, party } => {
            let opened = open::database(&database.db)?;
            let mut out = BufWriter::new(io::stdout().lock());
            for_each(&mut *opened.store.reader()?, party.as_deref(), &mut |movement| {
                let rows = movement.lines.iter().map(|line| {
                    let number = amount(i128::from(line.amount), line.decimals);
                    vec![line.account.to_string(), number, line.commodity.to_string()]
                });
                writeln!(out, "{}  {}  {}", movement.date(), movement.party, movement.remedy_name())?;
                out.write_all(table(&rows.collect::<Vec<_>>(), &[1]).as_bytes())
            })?;
            out.flush()?;
            Ok(true)
        }
        Ledger::Export { database, format, output } => {
            let opened = open::database(&database.db)?;
            let mut reader = opened.store.reader()?;
            match output {
                Some(path) => {
                    let mut out = BufWriter::new(File::create(path)?);
                    books::export(&mut *reader, *format, &mut out)?;
                    out.flush()?;
                }
                None => {
                    let mut out = BufWriter::new(io::stdout().lock());
                    books::export(&mut *reader, *format, &mut out)?;
                    out.flush()?;
                }
            }
            Ok(true)
        }
    }
}
