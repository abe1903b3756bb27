//! Playbooks in words: what begins them, their steps, what ends them.

use super::Page;
use crate::model::{Playbook, Step};
use crate::plain::Plain;

impl Page<'_> {
    pub(super) fn playbooks(&mut self) {
        if self.charter.playbooks.is_empty() {
            return;
        }
        let plain = Plain::new(self.charter, self.language);
        let heading = plain.pick("Playbooks", "行动手册", "Handlingsplaner");
        self.line(&format!("## {heading}\n"));
        for playbook in &self.charter.playbooks {
            self.playbook(&plain, playbook);
        }
    }

    fn playbook(&mut self, plain: &Plain<'_>, playbook: &Playbook) {
        let colon = self.words.colon;
        let first = playbook.steps.first().and_then(|step| self.charter.promises.get(step.promise));
        let says = self.text(&playbook.says, first);
        self.line(&format!("### {}\n\n{says}\n", playbook.name));
        let beginnings: Vec<String> =
            playbook.beginnings().map(|(on, when)| self.on(on, when.map(|when| when.source()))).collect();
        let begins = beginnings.join(plain.pick("; or ", "；或 ", "; eller "));
        let followed = playbook.follows.and_then(|follows| self.charter.promises.get(follows.promise));
        let begins = match followed {
            Some(followed) => format!("{begins} ({} `{}`)", self.words.follows, followed.name),
            None => begins,
        };
        self.line(&format!("- {}{colon}{begins}", plain.pick("begins with", "启动条件", "begynner med")));
        if let Some(role) = &playbook.speaks_for_them {
            let label = plain.pick("speaks for the customer", "为客户发声", "taler kundens sak");
            self.line(&format!("- {label}{colon}{role}"));
        }
        if let Some(control) = playbook.control {
            let label =
                plain.pick("left alone, to compare with", "对照组（不作处理）", "latt i fred, til sammenligning");
            self.line(&format!("- {label}{colon}{}", plain.share(control)));
        }
        if let Some(aim) = &playbook.aim {
            let signs = aim.shown_by.iter().map(|sign| self.on(sign.on, sign.when.as_ref().map(|when| when.source())));
            let signs = signs.collect::<Vec<_>>().join("; ");
            let label = plain.pick(
                "what it is for, however it ends",
                "目标（无论如何结束）",
                "hva den er til for, hvordan den enn ender",
            );
            let within = plain.pick("within", "期限", "innen");
            self.line(&format!("- {label}{colon}{signs} ({within} {})", plain.length(aim.within)));
        }
        for ending in &playbook.endings {
            let on = self.on(ending.on, ending.when.as_ref().map(|when| when.source()));
            let label = plain.pick("ends as", "结束为", "ender som");
            self.line(&format!("- {label} `{}`{colon}{on}", ending.name));
        }
        self.out.push('\n');
        for step in &playbook.steps {
            self.step(plain, playbook, step);
        }
    }

    fn step(&mut self, plain: &Plain<'_>, playbook: &Playbook, step: &Step) {
        let colon = self.words.colon;
        let Some(promise) = self.charter.promises.get(step.promise) else { return };
        self.line(&format!("#### {}\n\n{}\n", step.name, self.text(&promise.says, Some(promise))));
        let names = |ids: &[usize]| {
            let named = ids.iter().filter_map(|id| playbook.steps.get(*id));
            named.map(|step| format!("`{}`", step.name)).collect::<Vec<_>>()
        };
        let facts = [
            (plain.pick("after", "之后", "etter"), plain.tongue.list(&names(&step.after))),
            (self.words.only_if, step.when.as_ref().map(|when| format!("`{}`", when.source())).unwrap_or_default()),
            (
                plain.pick("kept as soon as", "满足即履行", "holdt så snart"),
                step.once.as_ref().map(|once| format!("`{}`", once.source())).unwrap_or_default(),
            ),
            (plain.pick("due", "期限", "forfaller"), format!("`{}`", promise.due.source())),
            (
                plain.pick("by another person than", "须由另一人完成，不得与此步骤同一人", "av en annen enn"),
                plain.tongue.list(&names(&step.unlike)),
            ),
        ];
        for (label, words) in facts.iter().filter(|(_, words)| !words.is_empty()) {
            self.line(&format!("- {label}{colon}{words}"));
        }
        self.shown(promise);
        if step.goes_on {
            let words = plain.pick("silence lets the play go on", "无回应则继续下一步", "taushet lar saken gå videre");
            self.line(&format!("- {words}"));
        }
        self.out.push('\n');
    }
}
