//! Duties in words: what a hand-off must carry.

use super::Page;
use crate::model::{Consequence, Duty};
use crate::plain::Plain;

impl Page<'_> {
    pub(super) fn duties(&mut self) {
        if self.charter.duties.is_empty() {
            return;
        }
        let plain = Plain::new(self.charter, self.language);
        let heading = plain.pick("What a hand-off must carry", "交接须附的凭证", "Hva en overlevering må ha med");
        self.line(&format!("## {heading}\n"));
        for duty in &self.charter.duties {
            self.duty(&plain, duty);
        }
    }

    fn duty(&mut self, plain: &Plain<'_>, duty: &Duty) {
        let colon = self.words.colon;
        let promise = self.charter.promises.get(duty.promise);
        self.line(&format!("### {}\n", duty.name));
        let carries: Vec<String> = duty.carries.iter().map(|evidence| format!("`{}`", evidence.field())).collect();
        let quantity = duty.quantity.as_ref().map(|quantity| {
            let around = plain.pick("within", "误差不超过", "innenfor");
            format!("`{}` {}, {around} {}", quantity.promised.source(), quantity.unit, plain.share(quantity.tolerance))
        });
        let facts = [
            (
                plain.pick("for the promise", "所属承诺", "for løftet"),
                promise.map(|promise| format!("`{}`", promise.name)),
            ),
            (self.words.only_if, duty.when.as_ref().map(|when| format!("`{}`", when.source()))),
            (plain.pick("carries", "须附", "har med"), (!carries.is_empty()).then(|| plain.tongue.list(&carries))),
            (plain.pick("quantity", "数量", "mengde"), quantity),
            (
                plain.pick("when evidence is missing", "缺少凭证时", "når bevis mangler"),
                self.follows(plain, duty.missing.as_ref()),
            ),
            (
                plain.pick("when another took it", "由他人代收时", "når en annen tok imot"),
                self.follows(plain, duty.by_proxy.as_ref()),
            ),
            (
                plain.pick("when the quantity differs", "数量不符时", "når mengden avviker"),
                self.follows(plain, duty.differs.as_ref()),
            ),
        ];
        for (label, words) in facts.iter().filter_map(|(label, words)| Some((label, words.as_ref()?))) {
            self.line(&format!("- {label}{colon}{words}"));
        }
        self.out.push('\n');
    }

    fn follows(&self, plain: &Plain<'_>, consequence: Option<&Consequence>) -> Option<String> {
        let consequence = consequence?;
        let told = (!consequence.tells.is_empty()).then(|| format!("“{}”", self.text(&consequence.tells, None)));
        let asks = plain.pick("asks", "询问", "spør");
        let asked = consequence.asks.as_ref().map(|role| format!("{asks} {role}"));
        let words: Vec<String> = told.into_iter().chain(asked).collect();
        (!words.is_empty()).then(|| words.join(self.words.comma))
    }
}
