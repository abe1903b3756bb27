//! How soon a remedy is paid.

use super::context::{Context, Reach, constant};
use crate::clock::{Clock, Unit};
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::model::PayTerm;
use crate::syntax::{Kind, Node};

pub(super) fn read(node: Option<&Node>, reach: Reach, context: &mut Context<'_>) -> Option<Vec<PayTerm>> {
    let Some(node) = node else { return Some(Vec::new()) };
    if let Kind::Scalar(_) = &node.kind {
        return Some(vec![PayTerm { when: None, within: clock(node, None, context)? }]);
    }
    let read: Vec<Option<PayTerm>> = node.items().iter().map(|item| term(item, reach, context)).collect();
    for (position, item) in node.items().iter().enumerate() {
        let earlier = read
            .iter()
            .zip(node.items())
            .take(position)
            .find(|(term, _)| term.as_ref().is_some_and(|term| constant(term.when.as_ref()) == Some(true)));
        if let Some((_, first)) = earlier {
            let never = Diagnostic::error(Code::NeverApplies, &item.span, "this term is never reached")
                .with(&first.span, "this one counts for everyone");
            context.out.push(never.help("write the term without `if` last"));
        }
    }
    let terms: Vec<PayTerm> = read.into_iter().collect::<Option<_>>()?;
    if terms.last().is_some_and(|last| constant(last.when.as_ref()) != Some(true)) {
        let open = Diagnostic::error(Code::MissingKey, &node.span, "for some parties no term says when they are paid");
        return context.fail(open.help("add a last term without `if`, such as `{within: 20 days}`"));
    }
    Some(terms)
}

fn term(node: &Node, reach: Reach, context: &mut Context<'_>) -> Option<PayTerm> {
    let when = context.condition(node.get("if"), reach).lowered();
    let within = node.get("within").and_then(|within| clock(within, node.get("calendar"), context));
    Some(PayTerm { when: when?, within: within? })
}

/// Reads a deadline, and gives it its calendar.
pub(super) fn clock(node: &Node, calendar: Option<&Node>, context: &mut Context<'_>) -> Option<Clock> {
    let mut clock = match Clock::parse(node.text()?) {
        Ok(clock) => clock,
        Err(error) => {
            let bad = Diagnostic::error(Code::BadDuration, &node.span, error.to_string());
            return context.fail(bad.help(error.help()));
        }
    };
    let needs_calendar = matches!(clock.unit, Unit::WorkingDays | Unit::BusinessDays);
    let named: Option<Box<str>> = match calendar {
        Some(node) => Some(named(node.text()?, node, context)?),
        None => match clock.calendar.clone() {
            Some(name) => Some(named(&name, node, context)?),
            None => None,
        },
    };
    if !needs_calendar {
        clock.calendar = named;
        return Some(clock);
    }
    let only = (context.calendars.len() == 1).then(|| context.calendars.first().cloned()).flatten();
    let Some(name) = named.or(only) else {
        let message = "a deadline in working or business days needs a calendar";
        let help = match context.calendars.len() {
            0 => "declare one under `calendars`, with its weekend and holidays".to_owned(),
            _ => "the charter has several: write `{within: 7 business days, calendar: NAME}`".to_owned(),
        };
        return context.fail(Diagnostic::error(Code::NoCalendar, &node.span, message).help(help));
    };
    context.used.insert(format!("calendar {name}"));
    clock.calendar = Some(name);
    Some(clock)
}

fn named(name: &str, node: &Node, context: &mut Context<'_>) -> Option<Box<str>> {
    if context.calendars.contains(name) {
        context.used.insert(format!("calendar {name}"));
        return Some(name.into());
    }
    let help = suggestion(name, context.calendars.iter().map(AsRef::as_ref));
    context.fail(Diagnostic::error(Code::UnknownCalendar, &node.span, format!("unknown calendar `{name}`")).help(help))
}
