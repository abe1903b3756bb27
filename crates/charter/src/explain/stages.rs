//! The stages of a relationship, in words.

use super::Page;
use crate::model::Phase;
use crate::plain::{Plain, capital};

impl Page<'_> {
    pub(super) fn stages(&mut self) {
        let Some(stages) = &self.charter.stages else { return };
        let plain = Plain::new(self.charter, self.language);
        let heading = plain.pick("The stages of a relationship", "关系的阶段", "Stadiene i et kundeforhold");
        let wall = plain.pick(
            "A stage never changes what anyone is owed.",
            "阶段绝不改变任何人应得的补偿。",
            "Et stadium endrer aldri hva noen har krav på.",
        );
        let facts = plain.stages();
        let colon = self.words.colon;
        self.out.push('\n');
        self.line(&format!("## {heading}\n\n{wall}"));
        let of =
            |key: &'static str| facts.iter().filter(move |(known, _)| *known == key).map(|(_, words)| words.clone());
        let bought: Vec<String> = of("purchases").collect();
        let purchase = plain.pick("a purchase is", "购买", "et kjøp er");
        self.line(&format!("\n- {purchase}{colon}{}", bought.join("; ")));
        for phase in Phase::ALL {
            let words = match phase {
                Phase::Gain => plain.pick("Gain", "赢得", "Vinne"),
                Phase::Keep => plain.pick("Keep", "留住", "Beholde"),
                Phase::Regain => plain.pick("Regain", "赢回", "Vinne tilbake"),
            };
            let kinds: Vec<_> = stages.kinds.iter().filter(|(stage, _)| stage.phase() == phase).collect();
            if kinds.is_empty() {
                continue;
            }
            self.line(&format!("\n### {words}"));
            for (stage, clause) in kinds {
                let shown: Vec<String> = of(stage.word()).collect();
                let labels = [
                    (plain.pick("shown by", "依据", "vises av"), shown.join("; ")),
                    (plain.pick("strategy", "策略", "strategi"), plain.text(&clause.strategy, None, None)),
                    (plain.pick("next", "下一步", "neste"), plain.text(&clause.next, None, None)),
                ];
                self.line(&format!("\n#### {}\n", stage.word()));
                for (label, words) in labels {
                    self.line(&format!("- {label}{colon}{words}"));
                }
            }
        }
        if let Some(disqualified) = &stages.disqualified {
            let name = plain.pick("disqualified", "不合格", "diskvalifisert");
            let shown: Vec<String> = of("disqualified").collect();
            let says = capital(&plain.text(&disqualified.says, None, None));
            self.line(&format!("\n- {name}{colon}{} {says}", shown.join("; ")));
        }
    }
}
