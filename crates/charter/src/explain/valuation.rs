//! How customers are valued, in words.

use super::Page;
use crate::plain::Plain;

impl Page<'_> {
    pub(super) fn valuation(&mut self) {
        let plain = Plain::new(self.charter, self.language);
        let facts = plain.valuation();
        if facts.is_empty() {
            return;
        }
        let heading = plain.pick("What customers are worth", "客户的价值", "Hva kundene er verdt");
        let wall = plain.pick(
            "This never changes what anyone is owed.",
            "这绝不改变任何人应得的补偿。",
            "Dette endrer aldri hva noen har krav på.",
        );
        let lines: Vec<String> =
            facts.iter().map(|(key, words)| format!("- {}{}{words}", label(&plain, key), self.words.colon)).collect();
        self.out.push('\n');
        self.line(&format!("## {heading}\n\n{wall}\n\n{}", lines.join("\n")));
    }
}

/// A key of the section in words.
fn label(plain: &Plain<'_>, key: &str) -> &'static str {
    match key {
        "purchases" => plain.pick("a purchase is", "购买", "et kjøp er"),
        "refunds" => plain.pick("a refund is", "退款", "en refusjon er"),
        "cost_to_serve" => plain.pick("a cost to serve is", "服务成本", "en kostnad ved å betjene er"),
        "left" => plain.pick("a party has left with", "离开", "en part har gått med"),
        "discount" => plain.pick("the future is discounted by", "折现率", "fremtiden diskonteres med"),
        "horizon" => plain.pick("reckoned ahead", "计算期限", "regnet fremover"),
        "time_unit" => plain.pick("unit of time", "时间单位", "tidsenhet"),
        _ => plain.pick(
            "lost when the chance of being a customer is below",
            "仍为客户的概率低于此值视为流失",
            "tapt når sjansen for å være kunde er under",
        ),
    }
}
