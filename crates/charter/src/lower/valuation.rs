//! How customers are valued: purchases, refunds, costs, departures and the terms.

use makegood_money::Ratio;

use super::context::{Context, Reach};
use super::literal;
use super::promises::transposed;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, Want};
use crate::model::{Departure, Margin, Purchase, Refund, Service, ShapeId, TimeUnit, Valuation};
use crate::syntax::Node;
use crate::value::{NUMBER_SCALE, Type};

/// The share below which a party counts as lost, unless the charter says another.
const LOST_BELOW: i64 = 20;

/// `None` outside when it has a fault, inside when the charter values nobody.
pub(super) fn read(root: &Node, context: &mut Context<'_>) -> Option<Option<Valuation>> {
    let Some(node) = root.get("value") else { return Some(None) };
    let purchases = each(node, "purchases", context, purchase);
    if node.get("purchases").is_some_and(|node| node.items().is_empty()) {
        let none = Diagnostic::error(Code::MissingKey, &node.span, "no event is a purchase");
        context.out.push(none.help("write at least one, such as `purchases: {on: booking.made, amount: data.fare}`"));
    }
    let refunds = each(node, "refunds", context, refund);
    let services = each(node, "cost_to_serve", context, service);
    let departures = each(node, "left", context, departure);
    let discount = node.get("discount").and_then(|node| yearly_rate(node, context));
    let horizon = node.get("horizon").map(|node| years(node, context));
    if let (Some(rate), None, Some(place)) = (discount, &horizon, node.get("discount"))
        && rate.numerator() == 0
    {
        let endless =
            Diagnostic::error(Code::BadShare, &place.span, "without a discount the future has no finite value");
        context.out.push(endless.help("write a rate above zero, or `horizon: 5 years`"));
    }
    let lost_below = node.get("lost_below").map(|node| lost_below(node, context));
    Some(Some(Valuation {
        purchases: purchases?,
        refunds: refunds?,
        services: services?,
        departures: departures?,
        discount: discount?,
        horizon_years: transposed(horizon)?,
        unit: unit(node.get("time_unit")),
        lost_below: transposed(lost_below)?.unwrap_or(Ratio::percent(LOST_BELOW)),
    }))
}

/// Every entry of a list that may be one entry; `None` when one has a fault.
fn each<T>(
    node: &Node,
    key: &str,
    context: &mut Context<'_>,
    read: fn(&Node, &mut Context<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let items = node.get(key).map(Node::items).unwrap_or_default();
    let read: Vec<Option<T>> = items.iter().map(|node| read(node, context)).collect();
    read.into_iter().collect()
}

fn purchase(node: &Node, context: &mut Context<'_>) -> Option<Purchase> {
    let (on, when) = event(node, context)?;
    let amount = money(node.get("amount"), on, context);
    let margin = margin(node.get("margin"), on, context);
    let segment = node.get("segment").map(|node| word(node, on, "the segment", context));
    Some(Purchase { on, when, amount: amount?, margin: margin?, segment: transposed(segment)? })
}

fn refund(node: &Node, context: &mut Context<'_>) -> Option<Refund> {
    let (on, when) = event(node, context)?;
    let amount = money(node.get("amount"), on, context);
    let margin = margin(node.get("margin"), on, context);
    Some(Refund { on, when, amount: amount?, margin: margin? })
}

fn service(node: &Node, context: &mut Context<'_>) -> Option<Service> {
    let (on, when) = event(node, context)?;
    Some(Service { on, when, amount: money(node.get("amount"), on, context)? })
}

fn departure(node: &Node, context: &mut Context<'_>) -> Option<Departure> {
    let (on, when) = event(node, context)?;
    let because = node.get("because").map(|node| word(node, on, "the reason", context));
    Some(Departure { on, when, because: transposed(because)? })
}

/// The event, which must be about a party, and the condition on it.
fn event(node: &Node, context: &mut Context<'_>) -> Option<(ShapeId, Option<Expr>)> {
    let place = node.get("on")?;
    let on = context.event(place)?;
    let shape = context.shape(on)?;
    if crate::builtin::is_builtin(&shape.name) {
        let message = format!("`{}` is built in and values nobody", shape.name);
        let help = "name an event of your own: a purchase, a refund, a cost, a farewell";
        return context.fail(Diagnostic::error(Code::NeverApplies, &place.span, message).help(help));
    }
    if shape.party.is_none() && !context.faulty.contains(&on) {
        let message = format!("`{}` is about no party, and it is parties that are valued", shape.name);
        let help = "name an event about a party, or declare the event with `party:`";
        return context.fail(Diagnostic::error(Code::NeverApplies, &place.span, message).help(help));
    }
    let when = context.condition(node.get("if"), reach(on)).lowered()?;
    Some((on, when))
}

fn reach(on: ShapeId) -> Reach {
    Reach { data: Some(on), ..Reach::default() }
}

fn money(node: Option<&Node>, on: ShapeId, context: &mut Context<'_>) -> Option<Expr> {
    node.and_then(|node| context.expression(node, reach(on), Want::Money))
}

fn margin(node: Option<&Node>, on: ShapeId, context: &mut Context<'_>) -> Option<Margin> {
    let Some(node) = node else { return Some(Margin::Whole) };
    // An expression for money begins with a name.
    if node.text()?.starts_with(|first: char| first.is_ascii_digit()) {
        return literal::share(node, context).map(Margin::Share);
    }
    money(Some(node), on, context).map(Margin::Expr)
}

/// A word of a list: free text may hold personal words, which are not copied into a party's state.
pub(super) fn word(node: &Node, on: ShapeId, what: &str, context: &mut Context<'_>) -> Option<Expr> {
    let expression = context.expression(node, reach(on), Want::Any)?;
    if matches!(expression.kind(), Type::Choice(_)) {
        return Some(expression);
    }
    let message = format!("{what} must be one of a list of words");
    let help = "read a field that is declared as a list, such as `cabin: [economy, business]`";
    context.fail(Diagnostic::error(Code::BadExpression, &node.span, message).help(help))
}

fn yearly_rate(node: &Node, context: &mut Context<'_>) -> Option<Ratio> {
    let text = node.text()?;
    let percent = text.strip_suffix(" a year").and_then(|text| text.trim_end().strip_suffix('%'));
    let rate = percent.and_then(|number| literal::decimal(number.trim_end())).filter(|rate| *rate >= 0);
    match rate.and_then(|millionths| literal::reduced(millionths, NUMBER_SCALE.checked_mul(100)?)) {
        Some(rate) => Some(rate),
        None => {
            let bad = Diagnostic::error(Code::BadShare, &node.span, format!("`{text}` is not a yearly rate"));
            context.fail(bad.help("write hundredths a year, such as `12% a year`"))
        }
    }
}

fn years(node: &Node, context: &mut Context<'_>) -> Option<Ratio> {
    let text = node.text()?;
    let number = text.strip_suffix(" years").or_else(|| text.strip_suffix(" year"));
    let years = number.and_then(literal::decimal).filter(|years| *years > 0);
    match years.and_then(|millionths| Ratio::new(millionths, NUMBER_SCALE).ok()) {
        Some(years) => Some(years),
        None => {
            let bad = Diagnostic::error(Code::BadDuration, &node.span, format!("`{text}` is not a number of years"));
            context.fail(bad.help("write a number above zero and `years`, such as `5 years`"))
        }
    }
}

/// A share between nothing and the whole: at nothing nobody is ever lost, at the whole everybody is.
fn lost_below(node: &Node, context: &mut Context<'_>) -> Option<Ratio> {
    let share = literal::share(node, context)?;
    if share.numerator() > 0 && share.numerator() < share.denominator() {
        return Some(share);
    }
    let bad = Diagnostic::error(Code::BadShare, &node.span, "`lost_below` must lie between nothing and the whole");
    context.fail(bad.help("write a share such as `50%`"))
}

fn unit(node: Option<&Node>) -> TimeUnit {
    let units = [TimeUnit::Day, TimeUnit::Week, TimeUnit::Month];
    let word = node.and_then(Node::text);
    units.into_iter().find(|unit| Some(unit.word()) == word).unwrap_or_default()
}
