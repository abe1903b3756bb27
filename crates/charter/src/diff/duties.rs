//! Duties: what a hand-off must carry, and what follows when it does not.

use super::promises::source;
use super::{Changes, Effect, Phrase};
use crate::model::{Charter, Consequence, Duty};
use crate::text::Texts;

impl Changes<'_> {
    pub(super) fn duties(&mut self) {
        let (old, new) = (self.old.charter, self.new.charter);
        self.at("duties", |changes| {
            for duty in &new.duties {
                let before = old.duties.iter().find(|before| before.name == duty.name);
                changes.at(&duty.name, |changes| match before {
                    Some(before) => changes.duty(before, duty),
                    None => changes.note(Effect::Better, Phrase::Added, &[&format!("`{}`", duty.name)]),
                });
            }
            for duty in old.duties.iter().filter(|old| new.duties.iter().all(|new| new.name != old.name)) {
                let name = format!("`{}`", duty.name);
                changes.at(&duty.name, |changes| changes.note(Effect::Worse, Phrase::Removed, &[&name]));
            }
        });
    }

    fn duty(&mut self, before: &Duty, now: &Duty) {
        let promise =
            |charter: &Charter, duty: &Duty| charter.promises.get(duty.promise).map(|promise| promise.name.to_string());
        let (old, new) = (self.old.charter, self.new.charter);
        self.open("promise", promise(old, before).as_deref(), promise(new, now).as_deref());
        self.open("if", source(before.when.as_ref()), source(now.when.as_ref()));
        let carries = |duty: &Duty| {
            let fields: Vec<&str> = duty.carries.iter().map(|evidence| evidence.field()).collect();
            (!fields.is_empty()).then(|| fields.join(", "))
        };
        self.open("carries", carries(before).as_deref(), carries(now).as_deref());
        let quantity = |duty: &Duty| {
            let quantity = duty.quantity.as_ref()?;
            Some(format!("{} ± {}", quantity.promised.source(), quantity.tolerance))
        };
        self.open("quantity", quantity(before).as_deref(), quantity(now).as_deref());
        for (name, before, now) in [
            ("missing", &before.missing, &now.missing),
            ("by_proxy", &before.by_proxy, &now.by_proxy),
            ("differs", &before.differs, &now.differs),
        ] {
            let nothing = Texts::default();
            let tells = |consequence: &'_ Option<Consequence>| {
                consequence.as_ref().map_or(nothing.clone(), |consequence| consequence.tells.clone())
            };
            let asks = |consequence: &'_ Option<Consequence>| Some(consequence.as_ref()?.asks.as_deref()?.to_owned());
            self.at(name, |changes| {
                changes.texts("tells", &tells(before), &tells(now));
                changes.open("asks", asks(before).as_deref(), asks(now).as_deref());
            });
        }
    }
}
