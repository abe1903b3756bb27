//! How much: from an award of the charter to an amount, with every step written down.

use makegood_charter::expr::{EvalError, Expr, Scope};
use makegood_charter::model::{Amount, Award, Band, Charter, Entry, Fixed, Give, OrIn, PaysIn, Reduction};
use makegood_charter::value::{Moment, NUMBER_SCALE, Type};
use makegood_money::{Money, MoneyError, Ratio, Rounding, Tenders};

use crate::because::{Shown, Step};

/// An amount and how it came about.
#[derive(Debug, Clone)]
pub(crate) struct Reckoned {
    pub amount: Money,
    pub steps: Vec<Step>,
}

/// Why an award has no amount, though the right applies: a person must look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreckonable {
    #[error("its amount cannot be worked out: {0}")]
    Eval(#[from] EvalError),
    #[error("its amount cannot be worked out: {0}")]
    Money(#[from] MoneyError),
}

/// The amount of `award`, or `None` where the charter gives nothing: below the first band, or before the value's first date.
///
/// `reduced` is the case in which it is lessened, where one holds.
pub(crate) fn reckon(
    charter: &Charter,
    award: &Award,
    reduced: Option<&Reduction>,
    scope: &Scope,
) -> Result<Option<Reckoned>, Unreckonable> {
    let dated = award.dated_by.as_ref().map(|moment| moment.number(scope)).transpose()?.map_or(scope.at, Moment);
    let Some(mut reckoned) = base(charter, award, dated, scope)? else { return Ok(None) };
    if let Some(Reduction { to: ratio, .. }) = reduced {
        let of = reckoned.amount;
        let lessened = of.share(*ratio, award.rounding)?;
        reckoned.change(lessened, |gives| Step::Reduced { ratio: *ratio, of, gives });
    }
    if let Some(step) = award.round_to
        && step.minor > 0
    {
        let rounded = reckoned.amount.rounded_to(step.minor, award.rounding)?;
        reckoned.change(rounded, |to| Step::Rounded { to });
    }
    if let Some(least) = &award.at_least
        && let Some((least, _)) = fixed(charter, least, dated, scope)?
    {
        let raised = reckoned.amount.larger(least)?;
        reckoned.change(raised, |to| Step::Raised { to });
    }
    if let Some(most) = &award.at_most
        && let Some((most, _)) = fixed(charter, most, dated, scope)?
    {
        let capped = reckoned.amount.smaller(most)?;
        reckoned.change(capped, |to| Step::Capped { to });
    }
    if let Some(count) = &award.times {
        let (times, shown) = (count.number(scope)?, Shown::of(count, scope)?);
        let together = reckoned.amount.times(times.max(0))?;
        reckoned.change(together, |gives| Step::Times { count: shown, gives });
    }
    let payable = award
        .least_payable
        .is_none_or(|least| least.commodity != reckoned.amount.commodity || reckoned.amount.minor >= least.minor);
    Ok((payable && reckoned.amount.minor > 0).then_some(reckoned))
}

impl Reckoned {
    fn change(&mut self, amount: Money, step: impl FnOnce(Money) -> Step) {
        if amount != self.amount {
            self.amount = amount;
            self.steps.push(step(amount));
        }
    }
}

fn base(charter: &Charter, award: &Award, dated: Moment, scope: &Scope) -> Result<Option<Reckoned>, Unreckonable> {
    match &award.amount {
        Amount::Fixed(amount) => Ok(fixed(charter, amount, dated, scope)?
            .map(|(amount, from)| Reckoned { amount, steps: vec![Step::Fixed { amount, from }] })),
        Amount::Bands { table, by } => banded(charter, (*table, dated), by, award.rounding, scope),
        Amount::Share { ratio, of } => {
            let whole = of.money(scope)?;
            let amount = whole.share(*ratio, award.rounding)?;
            Ok(Some(Reckoned { amount, steps: vec![Step::Share { ratio: *ratio, of: whole, gives: amount }] }))
        }
        Amount::Each { rate, count } => {
            let Some((rate, from)) = fixed(charter, rate, dated, scope)? else { return Ok(None) };
            let (ratio, shown) = counted(count, scope)?;
            let amount = rate.share(ratio, award.rounding)?;
            Ok(Some(Reckoned { amount, steps: vec![Step::Each { count: shown, rate, from, gives: amount }] }))
        }
    }
}

fn counted(count: &Expr, scope: &Scope) -> Result<(Ratio, Shown), Unreckonable> {
    let number = count.number(scope)?;
    let parts = if matches!(count.kind(), Type::Number { .. }) { NUMBER_SCALE } else { 1 };
    Ok((Ratio::new(number, parts)?, Shown::of(count, scope)?))
}

/// An amount as it stands at `dated`, and from when on it counts.
fn fixed(
    charter: &Charter,
    amount: &Fixed,
    dated: Moment,
    scope: &Scope,
) -> Result<Option<(Money, Option<Moment>)>, Unreckonable> {
    match amount {
        Fixed::Money(amount) => Ok(Some((*amount, None))),
        Fixed::Expr(expr) => Ok(Some((expr.money(scope)?, None))),
        Fixed::Value(id) => match charter.values.get(*id).and_then(|value| value.at(dated)) {
            Some((from, Entry::Money(amount))) => Ok(Some((*amount, Some(from)))),
            _ => Ok(None),
        },
    }
}

fn banded(
    charter: &Charter,
    (table, dated): (usize, Moment),
    by: &Expr,
    rounding: Rounding,
    scope: &Scope,
) -> Result<Option<Reckoned>, Unreckonable> {
    let Some((from, Entry::Bands(bands))) = charter.values.get(table).and_then(|value| value.at(dated)) else {
        return Ok(None);
    };
    let measure = by.number(scope)?;
    let above = bands.partition_point(|band| band.at <= measure);
    let Some(band) = above.checked_sub(1).and_then(|last| bands.get(last)) else { return Ok(None) };
    let next = bands.get(above);
    let below = next.map(|next: &Band| next.written.clone());
    let (above, up_to) = (band.above, next.is_some_and(|next| next.above));
    let (amount, share) = match &band.give {
        Give::Money(amount) => (*amount, None),
        Give::Share { ratio, of } => {
            let whole = of.money(scope)?;
            let amount = whole.share(*ratio, rounding)?;
            (amount, Some(Step::Share { ratio: *ratio, of: whole, gives: amount }))
        }
    };
    let gives = share.is_none().then_some(amount);
    let banded =
        Step::Band { measure: Shown::of(by, scope)?, at: band.written.clone(), above, below, up_to, from, gives };
    Ok(Some(Reckoned { amount, steps: std::iter::once(banded).chain(share).collect() }))
}

/// What `amount` is paid in, and the step that says how.
pub(crate) fn in_tenders(
    charter: &Charter,
    pays_in: PaysIn,
    amount: Money,
    worth: Option<Money>,
    paid: &Tenders,
) -> Result<(Tenders, Option<Step>), MoneyError> {
    match pays_in {
        PaysIn::Tender(commodity) if commodity != amount.commodity => {
            let tender = charter.tenders.get(commodity.code());
            let worth = tender
                .map_or(Ok(Ratio::ONE), |tender| Ratio::new(tender.worth.denominator(), tender.worth.numerator()))?;
            let exchanged = amount.exchanged(worth, commodity, Rounding::Up)?;
            Ok((Tenders::new([exchanged])?, Some(Step::Exchanged { from: amount, gives: exchanged })))
        }
        PaysIn::Original => match worth.filter(|worth| worth.minor > 0 && worth.commodity == amount.commodity) {
            Some(worth) if !paid.is_empty() => {
                let ratio = Ratio::new(amount.minor, worth.minor)?;
                let gives = paid.share(ratio, Rounding::Up)?;
                Ok((gives.clone(), Some(Step::AsPaid { paid: paid.clone(), part: amount, of: worth, gives })))
            }
            _ => Ok((Tenders::new([amount])?, None)),
        },
        _ => Ok((Tenders::new([amount])?, None)),
    }
}

/// What `amount` is paid in when the party chose another tender, and the step that says so.
pub(crate) fn in_chosen(charter: &Charter, other: OrIn, amount: Money) -> Result<(Tenders, Step), MoneyError> {
    let worth = amount.share(other.worth, Rounding::Up)?;
    let (tenders, _) = in_tenders(charter, PaysIn::Tender(other.tender), worth, None, &Tenders::default())?;
    let step = Step::Chosen { of: amount, ratio: other.worth, gives: tenders.clone() };
    Ok((tenders, step))
}

/// What `amount` is worth in the charter's own money, for limits.
pub fn in_charter_money(charter: &Charter, amount: Money) -> Result<Money, MoneyError> {
    if amount.commodity == charter.money {
        return Ok(amount);
    }
    match charter.tenders.get(amount.commodity.code()) {
        Some(tender) => amount.exchanged(tender.worth, charter.money, Rounding::Up),
        None => Err(MoneyError::Mixed { left: amount.to_string(), right: charter.money.to_string() }),
    }
}
