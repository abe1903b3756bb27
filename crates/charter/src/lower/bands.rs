//! Tables of bands: read as written, then made ready for the measure they are laid on.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use makegood_money::{Commodity, Money, Ratio};

use super::context::{Context, Reach};
use super::literal;
use super::promises::transposed;
use super::values::Table;
use crate::clock;
use crate::diagnostic::{Code, Diagnostic, Span, suggestion};
use crate::expr::{Expr, Want};
use crate::limits;
use crate::model::{Band, DatedValue, Entry, Give, ValueId};
use crate::syntax::Node;
use crate::value::{Moment, NUMBER_SCALE, Type};

/// A band as written.
#[derive(Debug, Clone)]
pub(super) struct RawBand {
    at: Edge,
    /// True when the edge itself lies outside.
    above: bool,
    /// The upper edge, and whether it belongs to the band.
    below: Option<(Edge, bool)>,
    written: Box<str>,
    give: RawGive,
    at_span: Span,
}

#[derive(Debug, Clone)]
enum RawGive {
    Money(Money),
    /// The amount is compiled where the table is used.
    Share(Ratio, Node),
}

impl RawBand {
    /// Where it begins, in order: an edge that lies outside comes after the same edge inside.
    fn begins(&self) -> (i64, bool) {
        (self.at.position(), self.above)
    }
}

/// The edge of a band.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Edge {
    /// Milliseconds.
    Duration(i64),
    /// Millionths, with their unit.
    Number(i64, Option<Box<str>>),
    /// An amount.
    Money(Money),
}

impl Edge {
    fn parse(text: &str, context: &Context<'_>) -> Option<Self> {
        if let Ok(milliseconds) = clock::parse_duration(text.strip_prefix('-').unwrap_or(text)) {
            let negative = text.starts_with('-');
            return Some(Self::Duration(if negative { milliseconds.checked_neg()? } else { milliseconds }));
        }
        if let Ok(money) = Money::parse(text, &context.commodities) {
            return Some(Self::Money(money));
        }
        let (number, unit) = text.split_once(' ').map_or((text, None), |(number, unit)| (number, Some(unit.trim())));
        Some(Self::Number(literal::decimal(number)?, unit.map(Into::into)))
    }

    fn position(&self) -> i64 {
        match self {
            Self::Duration(at) | Self::Number(at, _) => *at,
            Self::Money(money) => money.minor,
        }
    }

    /// What it measures, in words; two edges of one table have the same.
    fn measures(&self) -> String {
        match self {
            Self::Duration(_) => "a length of time".to_owned(),
            Self::Number(_, None) => "a number".to_owned(),
            Self::Number(_, Some(unit)) => format!("a number of {unit}"),
            Self::Money(money) => format!("an amount of {}", money.commodity),
        }
    }

    /// The edge coded as the measure is; `None` when it is of another kind.
    fn coded(&self, measure: &Type) -> Option<i64> {
        match (self, measure) {
            (Self::Duration(at), Type::Duration) => Some(*at),
            (Self::Number(at, None), Type::Int) if at.checked_rem(NUMBER_SCALE) == Some(0) => {
                at.checked_div(NUMBER_SCALE)
            }
            (Self::Number(at, unit), Type::Number { unit: measured }) if unit == measured => Some(*at),
            (Self::Money(money), Type::Money) => Some(money.minor),
            _ => None,
        }
    }
}

/// Reads one list of bands and checks that they rise, without overlap or gap.
pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Option<Vec<RawBand>> {
    if node.items().len() > limits::BANDS {
        let message = format!("a table has at most {} bands", limits::BANDS);
        return context
            .fail(Diagnostic::error(Code::NoBands, &node.span, message).help("join bands that give the same"));
    }
    let read: Vec<Option<RawBand>> = node.items().iter().map(|band| self::band(band, context)).collect();
    let mut bands: Vec<RawBand> = read.into_iter().collect::<Option<_>>()?;
    let sound = bands.windows(2).zip(node.items().windows(2)).fold(true, |sound, (pair, nodes)| {
        let ([lower, upper], [lower_node, upper_node]) = (pair, nodes) else { return sound };
        neighbours(lower, upper, lower_node, upper_node, context) && sound
    });
    if let (Some(last), Some(node)) = (bands.last(), node.items().last()) {
        let end = last.below.clone();
        let give = zero_of(&bands).unwrap_or(Money::zero(context.money));
        if let Some((end, included)) = end {
            let below = node.get("below").or_else(|| node.get("up_to"));
            let written = below.and_then(Node::text).unwrap_or_default().into();
            let at_span = below.map_or(node.span.clone(), |node| node.span.clone());
            let give = RawGive::Money(give);
            bands.push(RawBand { at: end, above: included, below: None, written, give, at_span });
        }
    }
    sound.then_some(bands)
}

fn zero_of(bands: &[RawBand]) -> Option<Money> {
    bands.iter().find_map(|band| match &band.give {
        RawGive::Money(money) => Some(Money::zero(money.commodity)),
        RawGive::Share(..) => None,
    })
}

fn empty_band(node: &Node) -> Diagnostic {
    Diagnostic::error(Code::BandsOutOfOrder, &node.span, "the band ends before it begins")
        .help("let `below` be above `at`, or leave it out")
}

/// Checks that one band follows the other without overlap or gap.
fn neighbours(
    lower: &RawBand,
    upper: &RawBand,
    lower_node: &Node,
    upper_node: &Node,
    context: &mut Context<'_>,
) -> bool {
    let fault = if lower.at.measures() != upper.at.measures() {
        let message = format!("this edge is {}, and the one before is {}", upper.at.measures(), lower.at.measures());
        Diagnostic::error(Code::BandMeasure, &upper.at_span, message)
            .with(&lower.at_span, "the one before")
            .help("write every edge of a table in the same unit")
    } else if lower.begins() == upper.begins() {
        Diagnostic::error(Code::BandsOverlap, &upper_node.span, "two bands begin at the same edge")
            .saying("and this one")
            .with(&lower_node.span, "this one")
            .help("keep one of the two, or move an edge")
    } else if lower.begins() > upper.begins() {
        Diagnostic::error(Code::BandsOutOfOrder, &upper.at_span, "the bands do not rise")
            .saying("lower than the band before")
            .with(&lower.at_span, "the band before")
            .help("write the lowest band first")
    } else {
        let end = lower_node.get("below").or_else(|| lower_node.get("up_to"));
        let below = end.map_or(lower.at_span.clone(), |node| node.span.clone());
        match lower.below.as_ref().and_then(|end| apart(end, upper, &below)) {
            None => return true,
            Some(fault) => fault,
        }
    };
    context.out.push(fault);
    false
}

/// What is wrong when a band does not end where the next begins.
fn apart((end, included): &(Edge, bool), upper: &RawBand, below: &Span) -> Option<Diagnostic> {
    let (code, message, there, help) = match (end.position(), *included).cmp(&upper.begins()) {
        Ordering::Equal => return None,
        Ordering::Greater => (
            Code::BandsOverlap,
            "two bands overlap",
            "this band reaches to here",
            "let the next band begin where this one ends",
        ),
        Ordering::Less => (
            Code::BandsGap,
            "the bands leave a gap",
            "this band ends here",
            "let the next band begin where this one ends, or write a band that gives `0`",
        ),
    };
    let fault = Diagnostic::error(code, &upper.at_span, message).saying("the next begins here");
    Some(fault.with(below, there).help(help))
}

/// One edge of a band: the key that includes it, or the one that does not.
type Written<'n> = Option<(&'n Node, bool)>;

/// The edge written under one of two keys, and whether it is the second.
fn either<'n>(node: &'n Node, keys: [&str; 2], context: &mut Context<'_>) -> Option<Written<'n>> {
    let [first, second] = keys;
    match (node.get(first), node.get(second)) {
        (Some(one), Some(other)) => {
            let message = format!("`{first}` and `{second}` say the same edge in two ways");
            let both = Diagnostic::error(Code::KeysExclude, &other.span, message).with(&one.span, "the other");
            context.fail(both.help("keep one of the two"))
        }
        (Some(one), None) => Some(Some((one, false))),
        (None, Some(other)) => Some(Some((other, true))),
        (None, None) => Some(None),
    }
}

fn band(node: &Node, context: &mut Context<'_>) -> Option<RawBand> {
    let give = node.get("give").and_then(|give| match give.get("share") {
        None => literal::amount(give, context).map(RawGive::Money),
        Some(share) => Some(RawGive::Share(literal::share(share, context)?, give.get("of")?.clone())),
    });
    let (lower, upper) = (either(node, ["at", "above"], context)?, either(node, ["below", "up_to"], context)?);
    let Some((at_node, above)) = lower else {
        if node.entries().is_empty() {
            return None;
        }
        let none = Diagnostic::error(Code::MissingKey, &node.span, "nothing says where the band begins");
        return context
            .fail(none.help("write `at: 3h` when the edge belongs to the band, `above: 3h` when it does not"));
    };
    let at = edge(at_node, context);
    let below = upper.map(|(node, included)| edge(node, context).map(|edge| (edge, included)));
    let (at, below) = (at?, transposed(below)?);
    if let Some((end, included)) = &below {
        if end.measures() != at.measures() {
            let message = format!("the lower edge is {}, and the upper edge is not", at.measures());
            return context
                .fail(Diagnostic::error(Code::BandMeasure, &node.span, message).help("write both in the same unit"));
        }
        if (end.position(), *included) <= (at.position(), above) {
            return context.fail(empty_band(node));
        }
    }
    Some(RawBand { at, above, below, written: at_node.text()?.into(), give: give?, at_span: at_node.span.clone() })
}

fn edge(node: &Node, context: &mut Context<'_>) -> Option<Edge> {
    let text = node.text()?;
    Edge::parse(text, context).or_else(|| {
        let bad = Diagnostic::error(Code::BandMeasure, &node.span, format!("`{text}` cannot be the edge of a band"));
        context.fail(bad.help("write a length of time (`3h`), a number (`100`, `100 L`) or an amount (`20 USD`)"))
    })
}

/// All entries of a table must measure the same and give the same commodity.
pub(super) fn of_one_kind(entries: &[(Moment, Vec<RawBand>)], nodes: &[Node], context: &mut Context<'_>) -> Option<()> {
    let bands = || entries.iter().flat_map(|(_, bands)| bands);
    let Some(first) = bands().next() else {
        let place = nodes.first().map_or(0..0, |node| node.span.clone());
        let empty = Diagnostic::error(Code::NoBands, &place, "the table has no band at all");
        return context.fail(empty.help("write at least one entry with bands, such as `{at: 3h, give: 50 USD}`"));
    };
    if let Some(other) = bands().find(|band| band.at.measures() != first.at.measures()) {
        let message = format!("this edge is {}, and the first one is {}", other.at.measures(), first.at.measures());
        let fault = Diagnostic::error(Code::BandMeasure, &other.at_span, message).with(&first.at_span, "the first one");
        return context.fail(fault.help("write every edge of a table in the same unit"));
    }
    let gives = |band: &RawBand| match &band.give {
        RawGive::Money(money) => Some((money.commodity, band.at_span.clone())),
        RawGive::Share(..) => None,
    };
    let mut all = bands().filter_map(gives);
    let Some((commodity, place)) = all.next() else { return Some(()) };
    if let Some((other, span)) = all.find(|(other, _)| *other != commodity) {
        let message = format!("this band gives {other}, and another gives {commodity}");
        let fault = Diagnostic::error(Code::WrongCommodity, &span, message).with(&place, format!("gives {commodity}"));
        return context.fail(fault.help("let every band of a table give the same commodity"));
    }
    Some(())
}

/// A table made ready, and what it gives when that is known.
pub(super) struct Ready {
    pub id: ValueId,
    pub commodity: Option<Commodity>,
    /// False when every band gives nothing.
    pub gives: bool,
}

/// Makes the table that `node` names ready for the measure `by`.
pub(super) fn ready(node: &Node, by: &Expr, reach: Reach, context: &mut Context<'_>) -> Option<Ready> {
    let name = node.text()?;
    context.used.insert(format!("value {name}"));
    if context.values.faulty.contains(name) {
        return None;
    }
    let Some(table) = context.values.tables.get(name).cloned() else {
        let (message, help) = if context.values.amounts.contains_key(name) {
            (format!("`{name}` holds amounts, not bands"), format!("write `amount: {name}`"))
        } else {
            let known: Vec<&str> = context.values.tables.keys().map(AsRef::as_ref).collect();
            (format!("unknown value `{name}`"), suggestion(name, known.iter().copied()))
        };
        return context.fail(Diagnostic::error(Code::UnknownValue, &node.span, message).help(help));
    };
    let bands = || table.entries.iter().flat_map(|(_, bands)| bands);
    let commodity = bands().find_map(|band| match &band.give {
        RawGive::Money(money) => Some(money.commodity),
        RawGive::Share(..) => None,
    });
    let gives = bands().any(|band| match &band.give {
        RawGive::Money(money) => !money.is_zero(),
        RawGive::Share(ratio, _) => ratio.numerator() != 0,
    });
    let has_share = bands().any(|band| matches!(band.give, RawGive::Share(..)));
    let key = (name.into(), has_share.then_some(reach), words(by.kind()));
    let id = match context.values.ready.get(&key) {
        Some(id) => *id,
        None => {
            let value = instance(name, &table, node, by, reach, context)?;
            let id = context.values.lowered.len();
            context.values.lowered.push(value);
            context.values.ready.insert(key, id);
            id
        }
    };
    Some(Ready { id, commodity, gives })
}

fn instance(
    name: &str,
    table: &Table,
    node: &Node,
    by: &Expr,
    reach: Reach,
    context: &mut Context<'_>,
) -> Option<DatedValue> {
    let mut entries = Vec::new();
    for (from, raw) in &table.entries {
        let mut bands = Vec::new();
        for band in raw {
            let Some(at) = band.at.coded(by.kind()) else {
                let message = format!(
                    "the bands of `{name}` are laid on {}, and this is {}",
                    band.at.measures(),
                    words(by.kind())
                );
                let fault = Diagnostic::error(Code::BandMeasure, &node.span, message).with(&band.at_span, "the band");
                return context
                    .fail(fault.help("write the edges in the unit of what is measured, or measure something else"));
            };
            let give = match &band.give {
                RawGive::Money(money) => Give::Money(*money),
                RawGive::Share(ratio, of) => {
                    Give::Share { ratio: *ratio, of: context.expression(of, reach, Want::Money)? }
                }
            };
            // What lies above an edge begins at the smallest step after it.
            let at = at.saturating_add(i64::from(band.above));
            bands.push(Band { at, above: band.above, written: band.written.clone(), give });
        }
        entries.push((*from, Entry::Bands(bands)));
    }
    Some(DatedValue { name: name.into(), entries, indexed: BTreeMap::new() })
}

/// A type of measure in words.
fn words(kind: &Type) -> String {
    match kind {
        Type::Duration => "a length of time".to_owned(),
        Type::Int => "a whole number".to_owned(),
        Type::Number { unit: None } => "a number".to_owned(),
        Type::Number { unit: Some(unit) } => format!("a number of {unit}"),
        Type::Money => "an amount".to_owned(),
        _ => "something that has no measure".to_owned(),
    }
}
