//! What is owed: how much, within which bounds, and in what it is paid.

use makegood_money::{Commodity, Money, Ratio, Rounding};

use super::context::{Context, Reach, constant};
use super::promises::{heard, transposed};
use super::{bands, literal, texts, values};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, Want};
use crate::model::{Amount, Award, AwardKind, Entry, Fixed, OrIn, PaysIn, PromiseId, Reduction};
use crate::syntax::{Kind, Node};
use crate::value::Type;

/// What an award may look at.
pub(super) struct Terms {
    pub promise: PromiseId,
    pub reach: Reach,
}

/// The four ways to say how much: the key that says it, and the key that must stand beside it.
const WAYS: [(&str, Option<&str>); 4] =
    [("amount", None), ("bands", Some("by")), ("share", Some("of")), ("each", Some("count"))];

pub(super) fn read(node: &Node, kind: AwardKind, terms: &Terms, context: &mut Context<'_>) -> Option<Award> {
    if let Kind::Scalar(_) = &node.kind {
        let (fixed, commodity) = fixed(node, terms, context)?;
        something(commodity_zero(&fixed, context), node, context)?;
        let pays_in = pays_in(node, kind, commodity, terms, context)?;
        let (amount, rounding) = (Amount::Fixed(fixed), Rounding::Up);
        return Some(Award {
            kind,
            amount,
            dated_by: None,
            reduced: Vec::new(),
            times: None,
            at_most: None,
            at_least: None,
            round_to: None,
            rounding,
            pays_in,
            least_payable: None,
            or_in: None,
        });
    }
    let amount = amount(node, terms, context);
    let at_most = node.get("at_most").map(|node| fixed(node, terms, context));
    let at_least = node.get("at_least").map(|node| fixed(node, terms, context));
    let round_to = node.get("round_to").map(|node| step(node, context));
    let dated_by = node.get("dated_by").map(|node| context.expression(node, terms.reach, Want::Time));
    let reduced = reductions(node, terms.reach, context);
    let times = node.get("times").map(|times| whole(times, terms, context));
    let least_payable = node.get("least_payable").map(|least| step(least, context));
    let or_in = node.get("or_in").map(|other| or_in(other, kind, terms, context));
    let (amount, commodity) = amount?;
    let pays_in = pays_in(node, kind, commodity, terms, context);
    let bounds = [("at_most", transposed(at_most)?), ("at_least", transposed(at_least)?)];
    for (key, bound) in &bounds {
        let other = bound.as_ref().and_then(|(_, commodity)| *commodity);
        same_commodity(commodity, other, node.get(key), context)?;
    }
    let round_to = transposed(round_to)?;
    same_commodity(commodity, round_to.map(|step| step.commodity), node.get("round_to"), context)?;
    bounds_in_order(node, &bounds, context)?;
    let least_payable = transposed(least_payable)?;
    let least_of = least_payable.map(|least| least.commodity);
    same_commodity(commodity, least_of, node.get("least_payable"), context)?;
    let [at_most, at_least] = bounds.map(|(_, bound)| bound.map(|(fixed, _)| fixed));
    Some(Award {
        kind,
        amount,
        dated_by: transposed(dated_by)?,
        reduced: reduced?,
        times: transposed(times)?,
        at_most,
        at_least,
        round_to,
        rounding: rounding(node),
        pays_in: pays_in?,
        least_payable,
        or_in: transposed(or_in)?,
    })
}

/// How many times: a whole number, so that nobody is half a person.
fn whole(node: &Node, terms: &Terms, context: &mut Context<'_>) -> Option<Expr> {
    let count = context.expression(node, terms.reach, Want::Count)?;
    if *count.kind() == Type::Int {
        return Some(count);
    }
    let bad = Diagnostic::error(Code::BadExpression, &node.span, "`times` must count whole ones");
    context.fail(bad.help("name a field of type `int`, or round with `floor(…)` or `ceil(…)`"))
}

fn reductions(node: &Node, reach: Reach, context: &mut Context<'_>) -> Option<Vec<Reduction>> {
    let nodes = node.get("reduced").map(Node::items).unwrap_or_default();
    let read: Vec<Option<Reduction>> = nodes.iter().map(|node| reduction(node, reach, context)).collect();
    read.into_iter().collect()
}

fn reduction(node: &Node, reach: Reach, context: &mut Context<'_>) -> Option<Reduction> {
    let shown_by = node.get("shown_by").map(|shown| {
        let on = context.event(shown)?;
        heard(on, reach.made?, shown, context).map(|()| on)
    });
    let shown_by = transposed(shown_by)?;
    let reach = Reach { evidence: shown_by, ..reach };
    let when = context.condition(node.get("if"), reach).lowered();
    let says = texts::read(node.get("says"), &["thing", "due", "worth", "paid"], reach, context);
    let to = node.get("to").and_then(|to| literal::share(to, context));
    let (when, to) = (when?, to?);
    let place = node.get("if").map_or(&node.span, |node| &node.span);
    if constant(when.as_ref()) == Some(false) {
        let never = Diagnostic::error(Code::ExceptionWrong, place, "the amount is never lessened: this never holds");
        return context.fail(never.help("write a condition that reads the event's data, or take it out"));
    }
    if constant(when.as_ref()) == Some(true) && shown_by.is_none() {
        let always = Diagnostic::error(Code::ExceptionWrong, place, "the amount is always lessened");
        return context.fail(always.help("write the lesser amount itself, or `if:` with a condition"));
    }
    if to.numerator() >= to.denominator() {
        let place = node.get("to").map_or(&node.span, |to| &to.span);
        let not_less = Diagnostic::error(Code::BadShare, place, "this share does not lessen the amount");
        return context.fail(not_less.help("write a share below the whole, such as `50%`"));
    }
    Some(Reduction { when, shown_by, to, says })
}

fn or_in(node: &Node, kind: AwardKind, terms: &Terms, context: &mut Context<'_>) -> Option<OrIn> {
    let tender_node = node.get("tender")?;
    let tender = context.tender(tender_node);
    let worth = node.get("worth").map(|worth| literal::share(worth, context));
    let agreed = node.get("agreed").and_then(|agreed| {
        let on = context.event(agreed)?;
        heard(on, terms.reach.made?, agreed, context).map(|()| on)
    });
    let (tender, worth, agreed) = (tender?, transposed(worth)?, agreed?);
    if !context.tenders.contains(tender.code()) && tender != context.money {
        let message = format!("nothing says what one {tender} is worth");
        let fault = Diagnostic::error(Code::WrongCommodity, &tender_node.span, message);
        return context.fail(fault.help("choose a tender declared under `tenders`"));
    }
    if kind == AwardKind::Restitution && worth.is_some_and(|worth| worth.numerator() < worth.denominator()) {
        let place = node.get("worth").map_or(&node.span, |worth| &worth.span);
        let less = Diagnostic::error(Code::BadShare, place, "what is given back would be less than what was paid");
        return context.fail(less.help("write `100%` or more"));
    }
    Some(OrIn { tender, worth: worth.unwrap_or(Ratio::ONE), agreed })
}

fn rounding(node: &Node) -> Rounding {
    match node.get("rounding").and_then(Node::text) {
        Some("down") => Rounding::Down,
        Some("nearest") => Rounding::Nearest,
        _ => Rounding::Up,
    }
}

fn amount(node: &Node, terms: &Terms, context: &mut Context<'_>) -> Option<(Amount, Option<Commodity>)> {
    let (way, beside) = way(node, context)?;
    let main = node.get(way)?;
    let other = match beside {
        None => None,
        Some(beside) => match node.get(beside) {
            Some(other) => Some(other),
            None => {
                let fault = Diagnostic::error(Code::MissingKey, &main.span, format!("`{way}` lacks `{beside}`"));
                return context.fail(fault.help(format!("write `{beside}:` beside it")));
            }
        },
    };
    match (way, other) {
        ("bands", Some(by)) => banded(main, by, terms, context),
        ("share", Some(of)) => shared(main, of, terms, context),
        ("each", Some(count)) => counted(main, count, terms, context),
        _ => {
            let (fixed, commodity) = fixed(main, terms, context)?;
            something(commodity_zero(&fixed, context), main, context)?;
            Some((Amount::Fixed(fixed), commodity))
        }
    }
}

/// The one way in which it is said how much is owed, without keys of the others.
fn way(node: &Node, context: &mut Context<'_>) -> Option<(&'static str, Option<&'static str>)> {
    let written: Vec<_> = WAYS.into_iter().filter(|(key, _)| node.get(key).is_some()).collect();
    let [(way, beside)] = written.as_slice() else {
        if node.entries().is_empty() {
            return None;
        }
        let message =
            if written.is_empty() { "nothing says how much is owed" } else { "how much is owed is said in two ways" };
        let fault = Diagnostic::error(Code::KeysExclude, &node.span, message);
        let help = "write one of `amount`, `bands` with `by`, `share` with `of`, `each` with `count`";
        return context.fail(fault.help(help));
    };
    let mut others = WAYS.iter().filter(|(key, _)| key != way).filter_map(|(_, other)| *other);
    if let Some(entry) = others.find_map(|other| node.entry(other)) {
        let message = format!("`{}` does not belong to `{way}`", entry.key);
        let help = beside.map_or("take it out".to_owned(), |beside| format!("`{way}` goes with `{beside}`"));
        return context.fail(Diagnostic::error(Code::KeysExclude, &entry.key_span, message).help(help));
    }
    Some((way, *beside))
}

fn banded(table: &Node, by: &Node, terms: &Terms, context: &mut Context<'_>) -> Option<(Amount, Option<Commodity>)> {
    let by = context.expression(by, terms.reach, Want::Measure)?;
    let ready = bands::ready(table, &by, terms.reach, context)?;
    something(!ready.gives, table, context)?;
    Some((Amount::Bands { table: ready.id, by }, ready.commodity))
}

fn shared(share: &Node, of: &Node, terms: &Terms, context: &mut Context<'_>) -> Option<(Amount, Option<Commodity>)> {
    let ratio = literal::share(share, context);
    let expression = context.expression(of, terms.reach, Want::Money);
    let (ratio, expression) = (ratio?, expression?);
    something(ratio.numerator() == 0, share, context)?;
    Some((Amount::Share { ratio, of: expression }, None))
}

fn counted(each: &Node, count: &Node, terms: &Terms, context: &mut Context<'_>) -> Option<(Amount, Option<Commodity>)> {
    let rate = fixed(each, terms, context);
    let count = context.expression(count, terms.reach, Want::Count);
    let ((rate, commodity), count) = (rate?, count?);
    something(commodity_zero(&rate, context), each, context)?;
    Some((Amount::Each { rate, count }, commodity))
}

/// Refuses an award that gives nothing.
fn something(nothing: bool, node: &Node, context: &mut Context<'_>) -> Option<()> {
    if !nothing {
        return Some(());
    }
    let fault = Diagnostic::error(Code::NeverApplies, &node.span, "the right never owes anything: this gives nothing");
    context.fail(fault.help("write an amount above zero, or take the right out"))
}

fn commodity_zero(fixed: &Fixed, context: &Context<'_>) -> bool {
    match fixed {
        Fixed::Money(money) => money.is_zero(),
        Fixed::Value(id) => context.values.lowered.get(*id).is_some_and(|value| {
            value.entries.iter().all(|(_, entry)| matches!(entry, Entry::Money(money) if money.is_zero()))
        }),
        Fixed::Expr(_) => false,
    }
}

/// An amount, a dated value, or an expression for money; and its commodity where that is known.
fn fixed(node: &Node, terms: &Terms, context: &mut Context<'_>) -> Option<(Fixed, Option<Commodity>)> {
    let text = node.text()?;
    if text.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
        let money = literal::amount(node, context)?;
        return Some((Fixed::Money(money), Some(money.commodity)));
    }
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        let id = values::amount_named(text, node, context)?;
        let commodity = context.values.lowered.get(id).and_then(|value| match value.entries.first() {
            Some((_, Entry::Money(money))) => Some(money.commodity),
            _ => None,
        });
        return Some((Fixed::Value(id), commodity));
    }
    let expression = context.expression(node, terms.reach, Want::Money)?;
    Some((Fixed::Expr(expression), None))
}

fn step(node: &Node, context: &mut Context<'_>) -> Option<Money> {
    let step = literal::amount(node, context)?;
    if !step.is_zero() {
        return Some(step);
    }
    let nothing = Diagnostic::error(Code::BadAmount, &node.span, "amounts cannot be rounded to multiples of nothing");
    context.fail(nothing.help("write a step above zero, such as `25 USD`"))
}

fn same_commodity(
    amount: Option<Commodity>,
    bound: Option<Commodity>,
    node: Option<&Node>,
    context: &mut Context<'_>,
) -> Option<()> {
    let (Some(amount), Some(bound), Some(node)) = (amount, bound, node) else { return Some(()) };
    if amount == bound {
        return Some(());
    }
    let message = format!("this is in {bound}, and what is owed is reckoned in {amount}");
    context.fail(Diagnostic::error(Code::WrongCommodity, &node.span, message).help(format!("write it in {amount}")))
}

type Bound = (&'static str, Option<(Fixed, Option<Commodity>)>);

fn bounds_in_order(node: &Node, bounds: &[Bound; 2], context: &mut Context<'_>) -> Option<()> {
    let [(_, Some((Fixed::Money(most), _))), (_, Some((Fixed::Money(least), _)))] = bounds else { return Some(()) };
    if least.commodity != most.commodity || least.minor <= most.minor {
        return Some(());
    }
    let place = |key: &str| node.get(key).map_or(node.span.clone(), |node| node.span.clone());
    let fault = Diagnostic::error(Code::BadAmount, &place("at_least"), "the least is more than the most")
        .with(&place("at_most"), "the most");
    context.fail(fault.help("let `at_least` be no more than `at_most`"))
}

fn pays_in(
    node: &Node,
    kind: AwardKind,
    commodity: Option<Commodity>,
    terms: &Terms,
    context: &mut Context<'_>,
) -> Option<PaysIn> {
    let promise = context.promise(terms.promise)?.clone();
    match (node.get("in"), node.get("to")) {
        (Some(tender), Some(to)) => {
            let both =
                Diagnostic::error(Code::KeysExclude, &to.span, "`in` and `to` say in two ways what it is paid in");
            context.fail(both.with(&tender.span, "the other").help("keep one of the two"))
        }
        (Some(tender), None) => in_tender(tender, commodity, context),
        (None, Some(to)) if kind == AwardKind::Compensation => {
            let fault =
                Diagnostic::error(Code::KeysExclude, &to.span, "compensation is not paid to the original tenders");
            context.fail(fault.help("what is given back is `restitution`; compensation is paid `in` a tender"))
        }
        (None, Some(to)) if !(promise.has_paid && promise.has_worth) => {
            let message = format!("`{}` does not say what was paid for it, or what it is worth", promise.name);
            let fault = Diagnostic::error(Code::NeverApplies, &to.span, message).with(&promise.span, "the promise");
            context.fail(fault.help("write `worth:` and `paid:` under its `made:`"))
        }
        (None, Some(_)) => Some(PaysIn::Original),
        (None, None) if kind == AwardKind::Restitution && promise.has_paid && promise.has_worth => {
            Some(PaysIn::Original)
        }
        (None, None) => Some(PaysIn::Same),
    }
}

/// A tender of the charter is reckoned at its worth, which is in the charter's currency.
fn in_tender(node: &Node, commodity: Option<Commodity>, context: &mut Context<'_>) -> Option<PaysIn> {
    let tender = context.tender(node)?;
    if commodity == Some(tender) {
        return Some(PaysIn::Same);
    }
    let own = context.tenders.contains(tender.code());
    let reckoned = commodity.is_none_or(|commodity| commodity == context.money);
    if (own || tender == context.money) && reckoned || !context.money_known {
        return Some(PaysIn::Tender(tender));
    }
    let message = match commodity {
        Some(commodity) => format!("an amount of {commodity} cannot be paid in {tender}"),
        None => format!("nothing says what one {tender} is worth"),
    };
    let help = format!("reckon in {}, and pay in it or in a tender declared under `tenders`", context.money);
    context.fail(Diagnostic::error(Code::WrongCommodity, &node.span, message).help(help))
}
