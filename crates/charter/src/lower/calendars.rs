//! Calendars by which working and business days are counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::context::Context;
use super::literal;
use crate::clock::{self, Calendar, Holiday};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::{Entry, Node};

pub(super) fn read(root: &Node, context: &mut Context<'_>) -> BTreeMap<Box<str>, Arc<Calendar>> {
    let mut calendars = BTreeMap::new();
    for entry in root.get("calendars").map(Node::entries).unwrap_or_default() {
        if let Some(name) = literal::name(&entry.key, &entry.key_span, context.out) {
            context.calendars.insert(name.clone());
            if let Some(calendar) = calendar(entry, context) {
                calendars.insert(name, Arc::new(calendar));
            }
        }
    }
    calendars
}

fn calendar(entry: &Entry, context: &mut Context<'_>) -> Option<Calendar> {
    let weekend = match entry.value.get("weekend") {
        None => vec![jiff::civil::Weekday::Saturday, jiff::civil::Weekday::Sunday],
        Some(node) => node.items().iter().filter_map(|day| clock::parse_weekday(day.text()?).ok()).collect(),
    };
    let mut holidays = Vec::new();
    for node in entry.value.get("holidays").map(Node::items).unwrap_or_default() {
        match node.text().map(Holiday::parse) {
            Some(Ok(holiday)) => holidays.push(holiday),
            Some(Err(error)) => {
                let bad = Diagnostic::error(Code::BadHoliday, &node.span, error.to_string());
                context.out.push(bad.help(error.help()));
            }
            None => {}
        }
    }
    match Calendar::new(&weekend, &holidays) {
        Ok(calendar) => Some(calendar),
        Err(error) => {
            let bad = Diagnostic::error(Code::BadHoliday, &entry.key_span, error.to_string());
            context.fail(bad.help(error.help()))
        }
    }
}
