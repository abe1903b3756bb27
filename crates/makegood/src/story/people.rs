//! What people did with a promise: who answers for it, to whom it was handed on, what was said of it.

use makegood_core::id::{Kind, Name};
use makegood_core::{Acceptance, Finding, Promise, Rules};
use makegood_engine::rows;
use makegood_store::{PartId, PartKind};

use super::{Teller, moment, section};
use crate::Failure;

/// How deep a tree of delegations is told.
const DEEP: usize = 16;

impl Teller<'_> {
    /// What was said of a promise between people, where something was.
    pub(super) fn between_people(&mut self, promise: &Promise) -> Result<String, Failure> {
        let Some(rules) = self.rules(&promise.charter) else { return Ok(String::new()) };
        let language = self.language;
        let mut text = String::new();
        section(
            &mut text,
            language.of(["Who answers for it", "由谁负责", "Hvem som svarer for det"]),
            &self.people(promise, rules),
        );
        let mut tree = String::new();
        for id in promise.carried_by().to_vec() {
            self.delegated(&id, 1, &mut tree)?;
        }
        section(&mut text, language.of(["Who carries it", "转交情况", "Hvem som bærer det"]), &tree);
        section(
            &mut text,
            language.of(["What was said of it", "各方意见", "Hva som ble sagt om det"]),
            &self.said(promise, rules),
        );
        Ok(text)
    }

    fn people(&self, promise: &Promise, rules: &Rules) -> String {
        let language = self.language;
        let clause = promise.clause_of(rules);
        let mut text = String::new();
        let mut line = |words: [&str; 3], name: Option<&str>| {
            if let Some(name) = name {
                text.push_str(&format!("  {} {name}\n", language.of(words)));
            }
        };
        line(["accountable:", "责任人：", "ansvarlig:"], promise.owner(clause));
        line(["done by:", "执行人：", "utføres av:"], promise.doer(clause));
        let delegation = promise.delegation();
        line(["promised to:", "承诺对象：", "lovet til:"], delegation.map(|delegation| &*delegation.from));
        let name = |id: PartId| Name::new(Kind::Promise, &self.party, id).to_string();
        line(["carries:", "所属承诺：", "bærer:"], delegation.map(|delegation| name(delegation.of)).as_deref());
        let word = promise.word();
        line(["replaced by:", "替代为：", "erstattet av:"], promise.replaced_by.map(name).as_deref());
        let right = word.and_then(|word| word.puts_right);
        line(["puts right:", "为补正：", "retter opp:"], right.map(name).as_deref());
        let anew = word.and_then(|word| word.put_right_by);
        line(["promised anew:", "重新承诺：", "lovet på nytt:"], anew.map(name).as_deref());
        let next = word.and_then(|word| word.rhythm).and_then(|rhythm| rhythm.next);
        line(["the next one:", "下一次：", "den neste:"], next.map(name).as_deref());
        // Where the charter alone names the owner, there is nothing to tell.
        if promise.hands.is_some() { text } else { String::new() }
    }

    /// One delegation and those below it.
    fn delegated(&mut self, id: &PartId, deep: usize, text: &mut String) -> Result<(), Failure> {
        let row = self.reader.part(self.slot, &self.party, PartKind::Promise, id)?;
        let Some(promise) = row.map(|row| rows::promise(&row)).transpose()? else { return Ok(()) };
        let (Some(delegation), Some(rules)) = (promise.delegation(), self.rules(&promise.charter)) else {
            return Ok(());
        };
        let language = self.language;
        let answer = match &delegation.accepted {
            Acceptance::Awaited => language.of(["not answered yet", "尚未答复", "ikke besvart ennå"]).to_owned(),
            Acceptance::Accepted(at) => {
                format!("{} {}", language.of(["accepted", "已接受", "akseptert"]), moment(rules, *at, language))
            }
            Acceptance::Refused(_, because) => {
                format!("{} “{because}”", language.of(["given back", "已退回", "gitt tilbake"]))
            }
        };
        let hands = promise.hands.as_ref();
        let what = hands.map(|hands| &*hands.what).unwrap_or_default();
        text.push_str(&format!(
            "{}{} → {}: {what} · {} · {} · {answer} · {}\n",
            "  ".repeat(deep),
            delegation.from,
            promise.doer(None).unwrap_or_default(),
            moment(rules, promise.due, language),
            self.state(promise.state),
            Name::new(Kind::Promise, &self.party, promise.id),
        ));
        if deep < DEEP {
            for below in promise.carried_by().to_vec() {
                self.delegated(&below, deep.saturating_add(1), text)?;
            }
        }
        Ok(())
    }

    fn said(&self, promise: &Promise, rules: &Rules) -> String {
        let language = self.language;
        let mut text = String::new();
        let Some(word) = promise.word() else { return text };
        if let Some(said) = &word.acknowledged {
            let when = moment(rules, said.at, language);
            let words = language.of(["acknowledged", "已书面确认", "bekreftet"]);
            text.push_str(&format!("  {when}  {words}: “{}” ({})\n", said.text, said.by));
        } else if let Some(remind_at) = word.remind_at.filter(|_| promise.state.is_open()) {
            let words =
                language.of(["acknowledgement awaited until", "等待书面确认，截至", "bekreftelse ventes innen"]);
            text.push_str(&format!("  {words} {}\n", moment(rules, remind_at, language)));
        }
        for verdict in &word.verdicts {
            let found = language.of(match verdict.finding {
                Finding::Kept => ["it was kept", "已兑现", "det ble holdt"],
                Finding::NotKept => ["it was not kept", "未兑现", "det ble ikke holdt"],
                Finding::Partly => ["it was kept in part", "部分兑现", "det ble delvis holdt"],
            });
            let words =
                if verdict.said.text.is_empty() { String::new() } else { format!(": “{}”", verdict.said.text) };
            let when = moment(rules, verdict.said.at, language);
            text.push_str(&format!("  {when}  {found}{words} ({})\n", verdict.said.by));
        }
        if let Some(ask_at) = word.ask_at {
            let words = language.of(["asked again at", "再次询问时间", "spørres igjen"]);
            text.push_str(&format!("  {words} {}\n", moment(rules, ask_at, language)));
        }
        text
    }
}
