//! A file of transactions: a CSV with a header, in any order.

use std::path::Path;

use makegood_money::{Commodities, Commodity, Money, Ratio, Rounding};
use makegood_value::{Fault, Reading, Transaction};

use super::base::{Base, Terms};
use super::{days, refused};
use crate::arguments;
use crate::output::counter;
use crate::{Failure, files};

/// The discount for a year unless another is given.
const DISCOUNT: f64 = 0.10;
/// The chance below which a customer counts as lost unless another is given.
const LOST_BELOW: f64 = 0.2;
/// Decimals of amounts whose currency is not named.
const DECIMALS: u8 = 2;
/// How often progress is told, in rows.
const TOLD: usize = 4_096;
/// The longest part of a bad field that is shown.
const SHOWN: usize = 40;

/// Where the columns are.
struct Columns {
    customer: usize,
    date: usize,
    amount: usize,
    currency: Currency,
    margin: Margin,
    cost: Option<usize>,
    segment: Option<usize>,
}

enum Currency {
    Column(usize),
    /// The same for all; none when it is not named.
    Fixed(Option<Commodity>),
}

enum Margin {
    Whole,
    Share(Ratio),
    Column(usize),
}

/// Reads a file of transactions.
pub(super) fn read(arguments: &arguments::Base, path: &Path) -> Result<Base, Failure> {
    let file = files::open(path)?;
    let name = file.name.clone();
    let broken = |error: &csv::Error| {
        Failure::new(
            "M040",
            format!("`{name}` is no CSV that can be read: {error}"),
            "write one line a transaction, under a header",
        )
    };
    let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(file.content);
    let header = rows.headers().map_err(|error| broken(&error))?.clone();
    let columns = Columns::find(arguments, &header, &name)?;
    let progress = counter(&format!("reading {name}"));
    let mut reading = Reading::default();
    let mut record = csv::StringRecord::new();
    let iso = Commodities::iso();
    let mut decimals = None;
    while rows.read_record(&mut record).map_err(|error| broken(&error))? {
        match columns.row(&record, &iso) {
            Ok((row, places)) => {
                decimals = decimals.or(Some(places));
                reading.push(&row);
            }
            Err(fault) => reading.note(fault),
        }
        if reading.rows().is_multiple_of(TOLD) {
            progress.set_position(reading.rows() as u64);
        }
    }
    progress.finish_and_clear();
    let read = reading.rows();
    let histories = reading.finish().map_err(|error| refused(&error))?;
    let margin = match &columns.margin {
        Margin::Whole => Some(1.0),
        Margin::Share(ratio) => Some(decimal(*ratio)),
        Margin::Column(_) => None,
    };
    let terms = Terms {
        discount: share(arguments.discount.as_deref(), "--discount")?.map_or(DISCOUNT, decimal),
        horizon_years: arguments.horizon,
        unit: arguments.unit.unwrap_or_default(),
        lost_below: share(arguments.lost_below.as_deref(), "--lost-below")?.map_or(LOST_BELOW, decimal),
        margin,
    };
    makegood_value::rhythm::check_threshold(terms.lost_below).map_err(|error| refused(&error))?;
    let notes = vec![format!(
        "Read from `{name}`: {} transactions of {} customers.",
        crate::output::grouped(read as i128),
        crate::output::grouped(histories.len() as i128)
    )];
    Ok(Base {
        histories,
        circumstances: std::collections::BTreeMap::new(),
        cared: std::collections::BTreeMap::new(),
        terms,
        decimals: decimals.unwrap_or(DECIMALS),
        day: 0,
        notes,
        database: None,
    })
}

impl Columns {
    fn find(arguments: &arguments::Base, header: &csv::StringRecord, file: &str) -> Result<Self, Failure> {
        let place = |name: &str| header.iter().position(|column| column == name);
        let column = |argument: &str, name: Option<&str>| {
            let name = name.unwrap_or_default();
            place(name).ok_or_else(|| {
                let columns: Vec<String> = header.iter().map(|column| format!("`{column}`")).collect();
                let message = format!("`{file}` has no column `{name}`");
                Failure::new(
                    "M040",
                    message,
                    format!("its columns are {}: name one of them with `{argument}`", columns.join(", ")),
                )
            })
        };
        let maybe = |argument: &str, name: Option<&str>| name.map(|name| column(argument, Some(name))).transpose();
        let currency = match arguments.currency.as_deref() {
            None => Currency::Fixed(None),
            Some(name) => match (place(name), Commodities::iso().get(name)) {
                (Some(place), _) => Currency::Column(place),
                (None, Ok(commodity)) => Currency::Fixed(Some(commodity)),
                (None, Err(_)) => {
                    let message = format!("`{name}` is neither a column of `{file}` nor a currency");
                    return Err(Failure::new(
                        "M040",
                        message,
                        "write an ISO 4217 code such as USD, or the name of a column",
                    ));
                }
            },
        };
        let margin = match arguments.margin.as_deref() {
            None => Margin::Whole,
            Some(name) => match place(name) {
                Some(place) => Margin::Column(place),
                None => share(Some(name), "--margin")?.map_or(Margin::Whole, Margin::Share),
            },
        };
        Ok(Self {
            customer: column("--customer", arguments.customer.as_deref())?,
            date: column("--date", arguments.date.as_deref())?,
            amount: column("--amount", arguments.amount.as_deref())?,
            currency,
            margin,
            cost: maybe("--cost", arguments.cost.as_deref())?,
            segment: maybe("--segment", arguments.segment.as_deref())?,
        })
    }

    /// One transaction, and the decimals of its currency.
    fn row<'r>(&'r self, record: &'r csv::StringRecord, iso: &Commodities) -> Result<(Transaction<'r>, u8), Fault> {
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let bad =
            |field, found: &str, help| Fault::Unreadable { field, found: found.chars().take(SHOWN).collect(), help };
        let customer = cell(self.customer);
        if customer.is_empty() {
            return Err(bad("customer", customer, "say who bought, or leave the row out"));
        }
        let written = cell(self.date);
        let day = days::read(written).ok_or_else(|| bad("date", written, "write it as 2026-01-31 or 20260131"))?;
        let commodity = match &self.currency {
            Currency::Fixed(commodity) => *commodity,
            Currency::Column(place) => {
                let code = cell(*place);
                Some(iso.get(code).map_err(|_| bad("currency", code, "write an ISO 4217 code such as USD"))?)
            }
        };
        let currency = match &self.currency {
            Currency::Column(place) => cell(*place),
            Currency::Fixed(commodity) => commodity.as_ref().map_or("", Commodity::code),
        };
        let decimals = commodity.map_or(DECIMALS, |commodity| commodity.decimals());
        let money = |field, place: usize| {
            let help = "write plain digits with a point and no more decimals than the currency has, such as 12.50";
            minor(cell(place), decimals).ok_or_else(|| bad(field, cell(place), help))
        };
        let amount_minor = money("amount", self.amount)?;
        let margin_minor = match &self.margin {
            Margin::Whole => amount_minor,
            Margin::Column(place) => money("margin", *place)?,
            Margin::Share(ratio) => part(amount_minor, *ratio).ok_or(Fault::Overflow)?,
        };
        let cost_minor = match self.cost {
            Some(place) if !cell(place).is_empty() => money("cost", place)?,
            _ => 0,
        };
        let segment = self.segment.map(cell).unwrap_or_default();
        Ok((Transaction { customer, day, amount_minor, currency, margin_minor, cost_minor, segment }, decimals))
    }
}

/// An amount in minor units: digits, and a point for decimals; zeros beyond the currency's decimals are no harm.
fn minor(text: &str, decimals: u8) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let places = usize::from(decimals);
    let (kept, rest) = part.split_at_checked(places.min(part.len()))?;
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(part) || rest.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let number: i64 = format!("{whole}{kept:0<places$}").parse().ok()?;
    if negative { number.checked_neg() } else { Some(number) }
}

/// A share of an amount that may be below zero, to the nearest minor unit.
fn part(amount_minor: i64, ratio: Ratio) -> Option<i64> {
    let unit = Commodity::new("unit", 0).ok()?;
    Money::new(amount_minor, unit).share(ratio, Rounding::Nearest).ok().map(|money| money.minor)
}

/// A share as a person writes it: `30%`, `12.5 %`, `1/3`, `0.3`.
fn share(text: Option<&str>, argument: &str) -> Result<Option<Ratio>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let millionths = |number: &str| minor(number.trim(), 6);
    let ratio = match (text.strip_suffix('%'), text.split_once('/')) {
        (Some(percent), _) => millionths(percent).and_then(|part| Ratio::new(part, 100_000_000).ok()),
        (None, Some((part, whole))) => part
            .trim()
            .parse()
            .ok()
            .zip(whole.trim().parse().ok())
            .and_then(|(part, whole)| Ratio::new(part, whole).ok()),
        // `30` is more likely a slip for `30%` than thirty times the whole.
        (None, None) => {
            let part = millionths(text).filter(|part| part.unsigned_abs() <= 1_000_000);
            part.and_then(|part| Ratio::new(part, 1_000_000).ok())
        }
    };
    ratio.map(Some).ok_or_else(|| {
        let message = format!("`{argument} {text}` is neither a share nor a column of the file");
        Failure::new("M040", message, "write a share such as 30%, 1/3 or 0.3")
    })
}

fn decimal(ratio: Ratio) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a share written with at most a few digits")]
    let (part, whole) = (ratio.numerator() as f64, ratio.denominator() as f64);
    part / whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        for (text, decimals, expected) in [
            ("11.77", 2, Some(1177)),
            ("11.7", 2, Some(1170)),
            ("11.7700", 2, Some(1177)),
            ("11", 2, Some(1100)),
            ("-3.05", 2, Some(-305)),
            ("0", 0, Some(0)),
            ("500", 0, Some(500)),
            ("1.234", 3, Some(1234)),
            ("11.775", 2, None),
            ("1,234.50", 2, None),
            (".5", 2, None),
            ("", 2, None),
            ("12 USD", 2, None),
            ("NaN", 2, None),
            ("1e3", 2, None),
            ("99999999999999999999", 2, None),
        ] {
            assert_eq!(minor(text, decimals), expected, "{text}");
        }
    }

    #[test]
    fn shares_are_read_as_people_write_them() {
        for (text, expected) in [("30%", 0.3), ("12.5 %", 0.125), ("1/4", 0.25), ("0.3", 0.3), ("-5%", -0.05)] {
            let found = share(Some(text), "--margin").unwrap().unwrap();
            assert!((decimal(found) - expected).abs() < 1e-12, "{text}");
        }
        for bad in ["", "a lot", "1/0", "thirty%", "30.0000001%", "30", "1.5"] {
            assert!(share(Some(bad), "--margin").is_err(), "{bad}");
        }
    }
}
