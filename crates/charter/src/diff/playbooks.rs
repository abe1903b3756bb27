//! Playbooks: what begins them, their steps, what ends them.

use super::promises::{shape, source};
use super::{Changes, Effect, Phrase};
use crate::model::{Charter, Ending, Playbook, Sign, Step};
use crate::plain::Plain;

impl Changes<'_> {
    pub(super) fn playbooks(&mut self) {
        let (old, new) = (self.old.charter, self.new.charter);
        self.at("playbooks", |changes| {
            for playbook in &new.playbooks {
                let before = old.playbooks.iter().find(|before| before.name == playbook.name);
                changes.at(&playbook.name, |changes| match before {
                    Some(before) => changes.playbook(before, playbook),
                    None => changes.note(Effect::Better, Phrase::Added, &[&format!("`{}`", playbook.name)]),
                });
            }
            for playbook in old.playbooks.iter().filter(|old| new.playbooks.iter().all(|new| new.name != old.name)) {
                let name = format!("`{}`", playbook.name);
                changes.at(&playbook.name, |changes| changes.note(Effect::Worse, Phrase::Removed, &[&name]));
            }
        });
    }

    fn playbook(&mut self, before: &Playbook, now: &Playbook) {
        let (old, new) = (self.old.charter, self.new.charter);
        self.at("begins", |changes| {
            let on = |playbook: &Playbook| playbook.follows.map_or(playbook.on, |follows| follows.on);
            changes.open("on", shape(old, on(before)), shape(new, on(now)));
            let also = |charter: &Charter, playbook: &Playbook| signs(charter, &playbook.also);
            changes.open("also", also(old, before).as_deref(), also(new, now).as_deref());
            let followed = |charter: &Charter, playbook: &Playbook| {
                Some(charter.promises.get(playbook.follows?.promise)?.name.to_string())
            };
            changes.open("follows", followed(old, before).as_deref(), followed(new, now).as_deref());
            changes.condition("if", before.when.as_ref(), now.when.as_ref());
        });
        self.texts("says", &before.says, &now.says);
        self.open("speaks_for_them", before.speaks_for_them.as_deref(), now.speaks_for_them.as_deref());
        let share = |playbook: &Playbook| playbook.control.map(|share| share.to_string());
        self.open("control", share(before).as_deref(), share(now).as_deref());
        let aim = |plain: &Plain<'_>, playbook: &Playbook| {
            let aim = playbook.aim.as_ref()?;
            Some(format!("{} ({})", signs(plain.charter, &aim.shown_by)?, plain.length(aim.within)))
        };
        let aims = (aim(&self.old, before), aim(&self.new, now));
        self.open("aim", aims.0.as_deref(), aims.1.as_deref());
        self.at("steps", |changes| {
            for step in &now.steps {
                match before.steps.iter().find(|known| known.name == step.name) {
                    Some(known) => changes.at(&step.name, |changes| changes.step((before, known), (now, step))),
                    None => changes.open(&step.name, None, Some(&step.name)),
                }
            }
            for step in before.steps.iter().filter(|known| now.steps.iter().all(|step| step.name != known.name)) {
                changes.open(&step.name, Some(&step.name), None);
            }
        });
        self.at("ends", |changes| {
            let names = before.endings.iter().chain(&now.endings).map(|ending| &ending.name);
            for name in names.collect::<std::collections::BTreeSet<_>>() {
                let words = |charter: &Charter, playbook: &Playbook| {
                    let ending = playbook.endings.iter().find(|ending| ending.name == *name)?;
                    Some(ended(charter, ending))
                };
                changes.open(name, words(old, before).as_deref(), words(new, now).as_deref());
            }
        });
    }

    fn step(&mut self, (was, before): (&Playbook, &Step), (is, now): (&Playbook, &Step)) {
        let names = |playbook: &Playbook, ids: &[usize]| {
            let named: Vec<&str> = ids.iter().filter_map(|id| Some(&*playbook.steps.get(*id)?.name)).collect();
            (!named.is_empty()).then(|| named.join(", "))
        };
        self.open("after", names(was, &before.after).as_deref(), names(is, &now.after).as_deref());
        self.open("not_by", names(was, &before.unlike).as_deref(), names(is, &now.unlike).as_deref());
        self.open("if", source(before.when.as_ref()), source(now.when.as_ref()));
        self.open("once", source(before.once.as_ref()), source(now.once.as_ref()));
        let silence = |step: &Step| step.goes_on.then_some("go on");
        self.open("silent.then", silence(before), silence(now));
        let (old, new) = (self.old.charter, self.new.charter);
        if let (Some(before), Some(now)) = (old.promises.get(before.promise), new.promises.get(now.promise)) {
            self.open("due", Some(before.due.source()), Some(now.due.source()));
            self.stands(before, now);
        }
    }
}

fn signs(charter: &Charter, signs: &[Sign]) -> Option<String> {
    let one = |sign: &Sign| {
        let on = shape(charter, sign.on).unwrap_or_default();
        source(sign.when.as_ref()).map_or_else(|| on.to_owned(), |when| format!("{on} if {}", when.trim()))
    };
    (!signs.is_empty()).then(|| signs.iter().map(one).collect::<Vec<_>>().join("; "))
}

fn ended(charter: &Charter, ending: &Ending) -> String {
    let on = shape(charter, ending.on).unwrap_or_default();
    match source(ending.when.as_ref()) {
        Some(when) => format!("{on} if {}", when.trim()),
        None => on.to_owned(),
    }
}
