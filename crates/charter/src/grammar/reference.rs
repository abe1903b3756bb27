//! The reference of the language, in Markdown: every key, and every fault by number.

use std::fmt::Write;

use super::table::{CHARTER, LATER};
use super::test_table::TESTS;
use super::{Is, Record};
use crate::diagnostic::Code;

/// The whole reference, as it is committed under `docs/reference/charter.md`.
pub fn reference() -> String {
    let mut out = String::from(INTRODUCTION);
    out.push_str("\n## Keys\n");
    for record in records_of(&CHARTER) {
        record_of(record, &mut out);
    }
    out.push_str("\n## Keys of later versions\n\nThese are refused until the version that reads them:\n\n");
    for (name, holds) in LATER {
        let _ = writeln!(out, "- `{name}`: {holds}.");
    }
    out.push_str(TESTS_INTRODUCTION);
    for record in records_of(&TESTS) {
        record_of(record, &mut out);
    }
    out.push_str("\n## Faults\n\nThe number of a fault never changes its meaning.\n\n| code | meaning |\n|---|---|\n");
    for code in Code::ALL {
        let _ = writeln!(out, "| {} | {} |", code.as_str(), code.meaning());
    }
    out
}

/// The record and all it holds, each once, in the order of first mention.
fn records_of(root: &'static Record) -> Vec<&'static Record> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(record) = found.get(next).copied() {
        for key in record.keys {
            mentioned(&key.is, &mut found);
        }
        next = next.saturating_add(1);
    }
    found
}

fn mentioned(is: &Is, found: &mut Vec<&'static Record>) {
    match is {
        Is::Record(record) if !found.iter().any(|known| std::ptr::eq(*known, *record)) => found.push(record),
        Is::List(item) | Is::OneOrMany(item) | Is::Map(_, item) => mentioned(item, found),
        Is::Any(choices) => choices.iter().for_each(|choice| mentioned(choice, found)),
        _ => {}
    }
}

fn record_of(record: &Record, out: &mut String) {
    let _ =
        write!(out, "\n### {}\n\n{}\n\n| key | is | meaning | example |\n|---|---|---|---|\n", record.name, record.doc);
    for key in record.keys {
        let needed = if key.required { " (needed)" } else { "" };
        let cell = |text: &str| text.replace('|', "\\|");
        let _ = writeln!(
            out,
            "| `{}`{needed} | {} | {} | `{}` |",
            key.name,
            cell(&key.is.described()),
            cell(key.doc),
            cell(key.example)
        );
    }
}

const INTRODUCTION: &str = "\
# The charter language

<!-- Generated from the grammar in `crates/charter`: do not edit by hand. -->

A charter is one YAML file (at most 1 MiB, without anchors, aliases and tags). Its conditions and amounts are expressions
in CEL, the Common Expression Language, checked against the declared events when the file is read.

How things are written:

| what | how | examples |
|---|---|---|
| amount | digits, a point for decimals, a space, the code of a currency or of a tender of the charter | `50 USD`, `0.01 USD`, `5000 points` |
| share | hundredths or a fraction | `50%`, `99.5 %`, `1/2` |
| yearly rate | hundredths a year | `12% a year` |
| years | a number and `years` | `5 years`, `1 year` |
| length of time | numbers with `d`, `h`, `m`, `s` | `3h`, `1h30m`, `2d` |
| deadline | a number and a unit; working and business days need a calendar | `24 hours`, `7 days`, `10 working days`, `7 business days` |
| date or time | a date (its first moment in the charter's zone) or RFC 3339 | `2025-01-01`, `2025-01-01T12:00:00-05:00` |
| edge of a band | a length of time, a number with or without a unit, or an amount; a length of time may be below zero | `3h`, `-4h`, `100 L`, `20 USD` |
| text | the same words in every language of the title; `{slot}` is filled in, `{{` is a brace | `{en: \"{thing} leaves at {due}\"}` |
| name | a small letter, then small letters, digits, `-` and `_` | `late-departure` |

What an expression reads: `data.FIELD` and `at` (the event and its time), `made.FIELD` (the event that made the promise),
`promise.due`, `promise.made`, `promise.worth`, `promise.paid`, and in an exception with `shown_by` also `evidence.FIELD`
and `evidence_at`. A condition that reads a field the event left out does not hold.
";

const TESTS_INTRODUCTION: &str = "
## Tests

Tests stand beside the charter, in `tests.yaml`. Each is a story: what happens, in the order in which it is learnt, and
what must follow.
";
