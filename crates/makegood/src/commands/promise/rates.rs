use std::collections::BTreeMap;

use makegood_charter::Moment;
use makegood_core::{Acceptance, Finding, Promise, PromiseState};
use makegood_engine::rows;
use makegood_value::share;

use super::list::{each, is_delegated, settled_by};
use crate::arguments::{Format, RatesBy, RatesOf};
use crate::commands::moment;
use crate::language::Language;
use crate::output::{grouped, put, put_line, table};
use crate::{Failure, open};

/// The chance with which the range holds the rate.
const WITHIN: f64 = 0.9;

/// What became of somebody's promises.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    kept: u32,
    late: u32,
    broken: u32,
    overdue: u32,
    /// Shown kept, and found otherwise by whom it was promised to.
    not_so: u32,
    /// Shown kept, and found kept in part.
    partly: u32,
}

impl Count {
    fn add(&mut self, promise: &Promise) {
        let verdict = promise.word().and_then(|word| word.verdicts.last()).map(|verdict| verdict.finding);
        let place = match (promise.state, verdict) {
            (PromiseState::Kept | PromiseState::KeptLate, Some(Finding::NotKept)) => &mut self.not_so,
            (PromiseState::Kept, Some(Finding::Partly)) => &mut self.partly,
            (PromiseState::Kept, _) => &mut self.kept,
            (PromiseState::KeptLate, _) => &mut self.late,
            (PromiseState::Broken, _) => &mut self.broken,
            (PromiseState::Overdue, _) => &mut self.overdue,
            _ => return,
        };
        *place = place.saturating_add(1);
    }

    /// Those that came to their end: overdue is silence, neither kept nor yet broken.
    fn ended(self) -> u32 {
        [self.kept, self.late, self.broken, self.not_so, self.partly].into_iter().fold(0, u32::saturating_add)
    }

    /// The range in which the rate of promises kept in time lies; kept in part counts half.
    fn range(self) -> Option<(f64, f64)> {
        share::range(f64::from(self.kept) + f64::from(self.partly) / 2.0, f64::from(self.ended()), WITHIN)
    }
}

/// `makegood promise rates`: how many promises were kept, by whom.
pub fn run(arguments: &RatesOf) -> Result<bool, Failure> {
    let opened = open::database(&arguments.database.db)?;
    let until = moment(&arguments.until)?;
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    each(&mut *opened.store.reader()?, |row| {
        if &*row.clause == "pay" {
            return Ok(());
        }
        let promise = rows::promise(row)?;
        let rules = opened.book.by_tag(promise.charter).map(|(_, rules)| rules);
        let clause = rules.and_then(|rules| promise.clause_of(rules));
        if let Some(name) = counted_for(&promise, arguments.by, clause, &row.clause, until) {
            counts.entry(name).or_default().add(&promise);
        }
        Ok(())
    })?;
    counts.retain(|_, count| count.ended() > 0 || count.overdue > 0);
    match arguments.format {
        Format::Text => put!("{}", text(&counts, arguments.by, arguments.spoken.language())),
        Format::Json => put_line!("{}", json(&counts)),
    }
    Ok(true)
}

/// For whom a promise counts: one to a party for its owner, who is accountable; one to a colleague for whoever took it on.
fn counted_for(
    promise: &Promise,
    by: RatesBy,
    clause: Option<&makegood_charter::model::Promise>,
    kind: &str,
    until: Moment,
) -> Option<String> {
    let delegated = is_delegated(promise);
    // What nobody accepted was nobody's word: it ended with what it would have carried.
    if promise.delegation().is_some_and(|delegation| !matches!(delegation.accepted, Acceptance::Accepted(_))) {
        return None;
    }
    if !settled_by(promise, until) && promise.state != PromiseState::Overdue {
        return None;
    }
    let person = if delegated { promise.doer(clause) } else { promise.owner(clause) }.unwrap_or("-");
    match by {
        RatesBy::Kind if delegated => None,
        RatesBy::Kind => Some(kind.to_owned()),
        RatesBy::Person => Some(person.to_owned()),
        RatesBy::Team => Some(person.split_once('/').map_or("-", |(team, _)| team).to_owned()),
    }
}

fn text(counts: &BTreeMap<String, Count>, by: RatesBy, language: Language) -> String {
    let first = match by {
        RatesBy::Person => ["person", "人员", "person"],
        RatesBy::Team => ["team", "团队", "lag"],
        RatesBy::Kind => ["kind", "类别", "slag"],
    };
    let head = [
        first,
        ["kept in time, nine in ten", "按时履行（九成把握）", "holdt i tide, ni av ti"],
        ["of", "总数", "av"],
        ["kept", "已履行", "holdt"],
        ["partly", "部分", "delvis"],
        ["late", "迟延", "for sent"],
        ["broken", "违约", "brutt"],
        ["not so", "客户否认", "ikke slik"],
        ["overdue", "逾期", "forfalt"],
    ];
    let mut rows = vec![language.each(head)];
    rows.extend(counts.iter().map(|(name, count)| {
        let range = count.range().map_or_else(
            || "-".to_owned(),
            |(low, high)| {
                let to = language.of(["to", "至", "til"]);
                format!("{} {to} {}", percent(low), percent(high))
            },
        );
        let numbers = [count.ended(), count.kept, count.partly, count.late, count.broken, count.not_so, count.overdue];
        [name.clone(), range].into_iter().chain(numbers.map(grouped)).collect()
    }));
    table(&rows, &[1, 2, 3, 4, 5, 6, 7, 8])
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn json(counts: &BTreeMap<String, Count>) -> serde_json::Value {
    let one = |(name, count): (&String, &Count)| {
        serde_json::json!({
            "name": name, "range": count.range().map(|(low, high)| [low, high]), "within": WITHIN, "of": count.ended(),
            "kept": count.kept, "partly": count.partly, "late": count.late, "broken": count.broken,
            "not_so": count.not_so, "overdue": count.overdue,
        })
    };
    counts.iter().map(one).collect()
}
