//! The figures of the ferry's terms, as prose has them: two versions of the terms, and bands that changed once under the first.

use makegood_money::{Commodities, Commodity, Money, MoneyError, Ratio, Rounding};

use crate::facts::{DAY, HOUR};

/// From when on the second version of the terms is in force: 1 December 2025.
pub const SECOND_TERMS_FROM: i64 = 1_764_547_200_000;
/// From when on the first version's bands for the wait are others: 15 November 2025.
pub const THIRD_BANDS_FROM: i64 = 1_763_164_800_000;
/// What may leave in one day without a person, in cents.
pub const BUDGET: i64 = 40_000;
/// Above this a person approves, in cents.
pub const APPROVE_OVER: i64 = 15_000;
/// Below this no notice leaves, in cents.
pub const NOTIFY_FROM: i64 = 6_00;
/// How often in a calendar year short notice is paid for.
pub const SHORT_NOTICE_TIMES: u32 = 2;

/// An amount in cents.
pub fn usd(cents: i64) -> Result<Money, MoneyError> {
    Ok(Money::new(cents, Commodities::iso().get("USD")?))
}

/// An amount in points.
pub fn points(count: i64) -> Result<Money, MoneyError> {
    Ok(Money::new(count, Commodity::new("points", 0)?))
}

/// What an amount is worth in dollars: a point is three cents.
pub fn worth(amount: Money) -> Result<i64, MoneyError> {
    if amount.commodity.code() == "points" { Ok(amount.times(3)?.minor) } else { Ok(amount.minor) }
}

/// What a wait of so many minutes is worth.
pub fn wait(terms: u8, at: i64, minutes: i64, fare: Money) -> Result<Option<Money>, MoneyError> {
    let bands: [(i64, Result<i64, i64>); 3] = match terms {
        1 if at < THIRD_BANDS_FROM => [(60, Ok(10_00)), (120, Ok(25_00)), (240, Err(50))],
        1 => [(60, Ok(12_00)), (180, Ok(35_50)), (360, Err(75))],
        _ => [(60, Ok(8_00)), (120, Ok(40_00)), (300, Err(60))],
    };
    let cap = usd(if terms == 1 { 12_000 } else { 20_000 })?;
    let Some((_, gives)) = bands.into_iter().rev().find(|(from, _)| minutes >= *from) else { return Ok(None) };
    let amount = match gives {
        Ok(cents) => usd(cents)?,
        Err(percent) => fare.share(Ratio::percent(percent), Rounding::Up)?,
    };
    Ok(Some(amount.smaller(cap)?))
}

/// What five hours and more are worth besides, and the points that is.
pub fn long_wait(terms: u8) -> Result<Money, MoneyError> {
    usd(if terms == 1 { 30_00 } else { 33_34 })
}

/// Points for an amount in dollars, rounded up.
pub fn in_points(amount: Money) -> Result<Money, MoneyError> {
    points(amount.minor.div_euclid(3).saturating_add(i64::from(amount.minor.rem_euclid(3) > 0)))
}

/// The part of the fare that is given back.
pub fn refund(terms: u8, fare: Money) -> Result<Money, MoneyError> {
    fare.share(Ratio::percent(if terms == 1 { 100 } else { 90 }), Rounding::Up)
}

/// What short notice is worth: whole dollars, at least eight.
pub fn short_notice(terms: u8, fare: Money) -> Result<Money, MoneyError> {
    let part = fare.share(Ratio::new(1, if terms == 1 { 10 } else { 8 })?, Rounding::Up)?;
    part.rounded_to(100, Rounding::Up)?.larger(usd(8_00)?)
}

/// What an announced delay is worth, by the begun hour.
pub fn postponed(terms: u8, minutes: i64) -> Result<Money, MoneyError> {
    let hours = minutes.saturating_add(59).div_euclid(60);
    let (rate, most) = if terms == 1 { (4_00, 50_00) } else { (4_50, 40_00) };
    usd(rate)?.times(hours)?.smaller(usd(most)?)
}

/// What silence is worth.
pub fn silence(terms: u8) -> Result<Money, MoneyError> {
    usd(if terms == 1 { 5_00 } else { 6_00 })
}

/// Until when what came to be owed at `at` under a right is to be paid: whole days end with the day.
pub fn pay_by(right: &str, at: i64) -> Option<i64> {
    let end_of_day = |days: i64| at.div_euclid(DAY).saturating_add(days + 1).saturating_mul(DAY).saturating_sub(1);
    match right {
        "late" | "silence" => Some(end_of_day(7)),
        "very-late" => Some(at.saturating_add(48 * HOUR)),
        "refund" => Some(end_of_day(3)),
        "warned" => Some(end_of_day(5)),
        _ => None,
    }
}

/// What paying late costs under a right.
pub fn penalty(right: &str) -> Result<Option<Money>, MoneyError> {
    match right {
        "late" => usd(15_00).map(Some),
        "refund" => usd(25_00).map(Some),
        _ => Ok(None),
    }
}
