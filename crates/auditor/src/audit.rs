//! The comparison: what the rules say against what is kept, and what must have left against what receivers have.

use std::collections::{BTreeMap, BTreeSet};

use makegood_money::MoneyError;

use crate::facts::Fact;
use crate::figures::BUDGET;
use crate::model::{About, Expected, Model};
use crate::seen::{Heard, Seen, SeenParty, Verdict};

/// Something that is not as the rules have it, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding(pub String);

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Audits a company: everything that is not as the rules have it, in the order in which it was found. Empty when all is well.
///
/// # Errors
/// Where an amount leaves the range of 64 bits.
pub fn audit(facts: &[Fact], seen: &Seen) -> Result<Vec<Finding>, MoneyError> {
    let mut findings = Vec::new();
    let mut budget = Budget::default();
    let mut sums: BTreeMap<(String, String), i128> = BTreeMap::new();
    was_taken(facts, seen, &mut findings);
    for (key, party) in &seen.parties {
        let of_party = |verdict: &&Verdict| facts.get(verdict.fact).and_then(|f| f.party.as_ref()) == Some(key);
        let verdicts: Vec<&Verdict> = seen.verdicts.iter().filter(of_party).collect();
        let mut model = Model::live(key, facts, party, &verdicts)?;
        heard_everything(facts, seen, party, &mut model);
        for missed in model.missed(seen.clock) {
            model.fault(missed);
        }
        promises_agree(party, &mut model);
        remedies_agree(party, &mut model);
        books_agree(party, &mut model, &mut sums);
        messages_agree(seen, party, &mut model);
        budget.add(&model);
        findings.extend(model.faults.into_iter().map(Finding));
    }
    sums.retain(|_, sum| *sum != 0);
    let balances: BTreeMap<_, _> =
        seen.balances.iter().filter(|(_, sum)| **sum != 0).map(|(k, v)| (k.clone(), *v)).collect();
    if sums != balances {
        findings.push(Finding(format!("the books as a whole: {}", first_difference(&sums, &balances))));
    }
    budget.compare(seen, &mut findings);
    receivers_agree(seen, &mut findings);
    Ok(findings)
}

/// What was acknowledged stands in exactly one log, once; what was set aside is the same event told with other content.
fn was_taken(facts: &[Fact], seen: &Seen, findings: &mut Vec<Finding>) {
    let mut logged: BTreeMap<usize, usize> = BTreeMap::new();
    for party in seen.parties.values() {
        for line in &party.hearing {
            if let Heard::Fact(fact) = line.heard
                && facts.get(fact).is_some_and(|fact| fact.party.is_some())
            {
                *logged.entry(fact).or_default() += 1;
            }
        }
    }
    for fact in seen.said.values().flatten() {
        *logged.entry(*fact).or_default() += 1;
    }
    let set_aside: BTreeMap<usize, &str> = seen.set_aside.iter().map(|(fact, code)| (*fact, code.as_str())).collect();
    let refused: BTreeSet<usize> = seen.verdicts.iter().map(|verdict| verdict.fact).collect();
    let counted_of = |id: &str, party: &Option<String>, thing: &str| {
        let same = |fact: &&usize| {
            facts.get(**fact).is_some_and(|known| {
                known.id == id && known.party == *party && (party.is_some() || known.thing == thing)
            })
        };
        logged.keys().filter(same).count()
    };
    for (number, fact) in facts.iter().enumerate() {
        let times = logged.get(&number).copied().unwrap_or(0);
        let say = |what: &str| Finding(format!("fact `{}` ({:?}) {what}", fact.id, fact.what));
        if times > 1 {
            findings.push(say(&format!("was counted {times} times")));
        }
        if counted_of(&fact.id, &fact.party, &fact.thing) > 1 && times > 0 {
            findings.push(say("was counted, and so was another of the same identity"));
        }
        match set_aside.get(&number) {
            Some(_) if times > 0 => findings.push(say("was counted, and set aside as well")),
            Some(&"same-id-other-content") if counted_of(&fact.id, &fact.party, &fact.thing) == 0 => {
                findings.push(say("was set aside for another of its identity, and none was counted"));
            }
            Some(&"same-id-other-content") | None => {}
            Some(_) if refused.contains(&number) => {}
            Some(code) => findings.push(say(&format!("was set aside (`{code}`), which the rules do not ask for"))),
        }
        let answered = times > 0 || set_aside.contains_key(&number) || refused.contains(&number);
        if seen.acknowledged.contains(&number) && !answered {
            findings.push(say("was acknowledged, and is lost"));
        }
    }
}

/// Every promise heard everything that was said of its trip, and nothing was heard twice.
fn heard_everything(facts: &[Fact], seen: &Seen, party: &SeenParty, model: &mut Model) {
    let mut first: BTreeSet<usize> = BTreeSet::new();
    let booked: BTreeSet<String> = model.promises.values().map(|promise| promise.thing.clone()).collect();
    for line in &party.hearing {
        let Heard::Fact(number) = line.heard else { continue };
        let Some(fact) = facts.get(number) else { continue };
        if !first.insert(number) && fact.party.is_none() {
            model.fault(format!("{} was heard twice for the first time", model.name_of(number)));
        }
        if fact.party.is_none() && !booked.contains(&fact.thing) {
            model.fault(format!("{} was heard, which concerns somebody else", model.name_of(number)));
        }
    }
    let mut deaf = Vec::new();
    for promise in model.promises.values().filter(|promise| matches!(promise.about, About::Departure)) {
        let of_thing = seen.said.get(&promise.thing).into_iter().flatten().copied();
        let own = first.iter().copied().filter(|number| {
            facts.get(*number).is_some_and(|fact| fact.party.is_some() && fact.thing == promise.thing)
        });
        let concerning = |number: &usize| facts.get(*number).is_some_and(|fact| fact.what.concerns_promises());
        let missing = of_thing.chain(own).filter(concerning).find(|number| !promise.heard.contains(number));
        deaf.extend(missing.map(|number| (promise.name.clone(), number)));
    }
    for (promise, number) in deaf {
        model.fault(format!("`{promise}` never heard {}", model.name_of(number)));
    }
}

fn promises_agree(party: &SeenParty, model: &mut Model) {
    let mut faults = Vec::new();
    for (name, seen) in &party.promises {
        let Some(promise) = model.promises.get(name) else {
            faults.push(format!("the system keeps a promise `{name}`, and nothing made it"));
            continue;
        };
        let is = (seen.state.as_str(), seen.due, seen.thing.as_str(), seen.terms);
        let should = (promise.state.words(), promise.due, promise.thing.as_str(), promise.terms);
        // Both versions may have given the same: which of them pays is not looked at.
        let terms = matches!(promise.about, About::Departure);
        if (is.0, is.1, is.2) != (should.0, should.1, should.2) || (terms && is.3 != should.3) {
            faults.push(format!("the promise `{name}` is {is:?}, and should be {should:?}"));
        }
    }
    faults.into_iter().for_each(|fault| model.fault(fault));
}

fn remedies_agree(party: &SeenParty, model: &mut Model) {
    let mut faults = Vec::new();
    for (name, seen) in &party.remedies {
        let Some(remedy) = model.remedies.get(name) else {
            let amounts: Vec<String> = seen.amounts.iter().map(ToString::to_string).collect();
            let amounts = amounts.join(" + ");
            faults
                .push(format!("the system owes {amounts} under `{}` (`{name}`), and nobody is owed that", seen.right));
            continue;
        };
        let is = (&seen.amounts, seen.state.as_str(), seen.owed_at, seen.pay_by);
        let should = (&remedy.amounts, remedy.state, remedy.owed_at, remedy.pay_by);
        if is != should {
            faults.push(format!("the remedy `{name}` under `{}` is {is:?}, and should be {should:?}", seen.right));
        }
    }
    faults.into_iter().for_each(|fault| model.fault(fault));
}

/// Every movement sums to zero, every account is what the rules make it, and what is owed by the books is what stands to be paid.
fn books_agree(party: &SeenParty, model: &mut Model, sums: &mut BTreeMap<(String, String), i128>) {
    let mut movements: BTreeMap<(&str, &str), i128> = BTreeMap::new();
    let mut accounts: BTreeMap<(String, String), i128> = BTreeMap::new();
    for (movement, account, amount) in &party.postings {
        let (code, minor) = (amount.commodity.code(), i128::from(amount.minor));
        *movements.entry((movement, code)).or_default() += minor;
        *accounts.entry((account.clone(), code.to_owned())).or_default() += minor;
        *sums.entry((account.clone(), code.to_owned())).or_default() += minor;
    }
    if let Some(((movement, code), sum)) = movements.iter().find(|(_, sum)| **sum != 0) {
        model.fault(format!("the movement {movement} is out of balance by {sum} {code}"));
    }
    accounts.retain(|_, sum| *sum != 0);
    let should = model.books.standing();
    if accounts != should {
        model.fault(format!("the books: {}", first_difference(&should, &accounts)));
    }
    let mut outstanding: BTreeMap<String, i128> = BTreeMap::new();
    for remedy in model.remedies.values().filter(|remedy| remedy.is_outstanding() && remedy.is_in_books()) {
        for amount in &remedy.amounts {
            *outstanding.entry(amount.commodity.code().to_owned()).or_default() += i128::from(amount.minor);
        }
    }
    let mut by_books: BTreeMap<String, i128> = BTreeMap::new();
    for ((account, code), sum) in &accounts {
        if account.starts_with("Liabilities:Owed:") {
            *by_books.entry(code.clone()).or_default() -= sum;
        }
    }
    by_books.retain(|_, sum| *sum != 0);
    outstanding.retain(|_, sum| *sum != 0);
    if by_books != outstanding {
        model.fault(format!("by the books {by_books:?} is owed, and {outstanding:?} stands to be paid"));
    }
}

fn first_difference(should: &BTreeMap<(String, String), i128>, is: &BTreeMap<(String, String), i128>) -> String {
    let keys: BTreeSet<_> = should.keys().chain(is.keys()).collect();
    for key in keys {
        let (should, is) = (should.get(key).copied().unwrap_or(0), is.get(key).copied().unwrap_or(0));
        if should != is {
            return format!("`{}` holds {is} {}, and should hold {should}", key.0, key.1);
        }
    }
    "they are alike".to_owned()
}

/// Each message that must leave is kept once, none besides; those that need not leave any more are payments that were let go.
fn messages_agree(seen: &Seen, party: &SeenParty, model: &mut Model) {
    let mut should: BTreeMap<Expected, i64> = BTreeMap::new();
    for expected in &model.expected {
        *should.entry(expected.clone()).or_default() += 1;
    }
    let mut faults = Vec::new();
    let mut withdrawn: BTreeMap<&str, u32> = BTreeMap::new();
    for message in &party.messages {
        let topic = ["payout", "notice", "approval", "question"].into_iter().find(|topic| *topic == message.topic);
        let mut remedies = message.remedies.clone();
        remedies.sort();
        let amounts = if matches!(topic, Some("payout" | "approval")) { message.amounts.clone() } else { Vec::new() };
        let is = Expected { topic: topic.unwrap_or("unknown"), remedies, promise: message.promise.clone(), amounts };
        *should.entry(is).or_default() -= 1;
        if message.withdrawn && message.attempts <= 9 {
            *withdrawn.entry(message.remedies.first().map_or("", String::as_str)).or_default() += 1;
        }
        let got = seen.received.contains_key(&message.key);
        if message.delivered && !got {
            faults.push(format!(
                "the message {} ({}) is marked as taken, and no receiver has it",
                message.key, message.topic
            ));
        }
        if seen.all_dispatched && !message.delivered && !message.withdrawn {
            faults.push(format!("the message {} ({}) never left", message.key, message.topic));
        }
    }
    for (expected, count) in should {
        match count {
            0 => {}
            1.. => faults.push(format!("{count} message(s) must leave and are not kept: {expected:?}")),
            _ => faults.push(format!("{} message(s) are kept that nothing asks for: {expected:?}", -count)),
        }
    }
    for (name, times) in withdrawn {
        let may = model.remedies.get(name).map_or(0, |remedy| remedy.withdrawn);
        if times > may {
            faults.push(format!("{times} messages about `{name}` were taken back, and {may} may be"));
        }
    }
    faults.into_iter().for_each(|fault| model.fault(fault));
}

/// What receivers have was committed, came with one content for each key, and nothing else came.
fn receivers_agree(seen: &Seen, findings: &mut Vec<Finding>) {
    let mut kept: BTreeMap<&str, &[u8]> = BTreeMap::new();
    for message in seen.parties.values().flat_map(|party| &party.messages) {
        if kept.insert(&message.key, &message.body).is_some() {
            findings.push(Finding(format!("two messages have the key {}", message.key)));
        }
    }
    for (key, received) in &seen.received {
        let mut say = |what: &str| findings.push(Finding(format!("the message {key} {what}")));
        if received.before_commit {
            say("left before it was committed");
        }
        match (kept.get(key.as_str()), received.contents.len()) {
            (None, _) => say("was received, and is not kept"),
            (Some(_), 2..) => say("was received with several contents"),
            (Some(body), _) if !received.contents.contains(*body) => {
                say("was received with another content than is kept")
            }
            _ => {}
        }
    }
}

/// What left without a person, against the day's budget.
#[derive(Default)]
struct Budget {
    days: BTreeMap<i32, (i64, i64)>,
    held: BTreeSet<i32>,
}

impl Budget {
    fn add(&mut self, model: &Model) {
        for (day, cents) in &model.spent {
            let (sum, most) = self.days.entry(*day).or_default();
            *sum += cents;
            *most = (*most).max(*cents);
        }
        self.held.extend(&model.held_for_budget);
    }

    /// Which line came when the budget was just spent is the system's to say; but nothing is held before it is spent, and no more
    /// than one line's amount leaves beyond it.
    fn compare(&self, seen: &Seen, findings: &mut Vec<Finding>) {
        let sums: BTreeMap<i32, i64> = self.days.iter().map(|(day, (sum, _))| (*day, *sum)).collect();
        let spent: BTreeMap<i32, i64> =
            seen.spent.iter().filter(|(_, sum)| **sum != 0).map(|(d, s)| (*d, *s)).collect();
        for day in sums.keys().chain(spent.keys()).collect::<BTreeSet<_>>() {
            let (should, is) = (sums.get(day).copied().unwrap_or(0), spent.get(day).copied().unwrap_or(0));
            if should != is {
                findings.push(Finding(format!("of day {day}'s budget {is} cents count as spent, and {should} left")));
            }
        }
        for day in &self.held {
            let sum = sums.get(day).copied().unwrap_or(0);
            if sum < BUDGET {
                findings
                    .push(Finding(format!("something was held on day {day}, of whose budget only {sum} cents left")));
            }
        }
        for (day, (sum, most)) in self.days.iter().filter(|_| !seen.budget_is_shared) {
            if *sum >= BUDGET + most {
                findings.push(Finding(format!("{sum} cents left on day {day}, whose budget is {BUDGET}")));
            }
        }
    }
}
