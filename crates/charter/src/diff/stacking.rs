//! How rights combine.

use super::{Changes, Effect, Phrase};
use crate::model::{Charter, Stack, Stacking};
use crate::plain::Plain;

impl Changes<'_> {
    pub(super) fn stacking(&mut self) {
        let (old, new) = (self.old.charter, self.new.charter);
        let mut left: Vec<&Stack> = old.stacking.iter().collect();
        self.at("stacking", |changes| {
            for stack in &new.stacking {
                let named = names(new, stack);
                let exact = left.iter().position(|before| names(old, before) == named);
                let near = || left.iter().position(|before| names(old, before).iter().any(|name| named.contains(name)));
                let before = exact.or_else(near).map(|at| left.remove(at));
                changes.stack(before, Some(stack));
            }
            for before in left {
                changes.stack(Some(before), None);
            }
        });
    }

    /// Rights that no rule names add up, so that a missing rule counts as a sum.
    fn stack(&mut self, before: Option<&Stack>, now: Option<&Stack>) {
        let (old, new) = (self.old.charter, self.new.charter);
        let (was, is) = (before.map(|stack| names(old, stack)), now.map(|stack| names(new, stack)));
        let rule = |stack: Option<&Stack>| stack.map_or(Stacking::Sum, |stack| stack.rule);
        let (first, second) = (rule(before), rule(now));
        let same_rights = was.is_none() || is.is_none() || was == is;
        let effect = match (first, second) {
            (one, other) if one == other && same_rights => return,
            _ if !same_rights => Effect::Open,
            (Stacking::Sum, _) => Effect::Worse,
            (_, Stacking::Sum) => Effect::Better,
            _ => Effect::Open,
        };
        let list = |names: &Option<Vec<&str>>| names.as_deref().map(|names| names.join(", "));
        let (was, is) = (list(&was), list(&is));
        let shown = is.clone().or_else(|| was.clone()).unwrap_or_default();
        let moved = if same_rights { String::new() } else { is.map(|is| format!("{is}: ")).unwrap_or_default() };
        let from = if same_rights { shown } else { was.unwrap_or_default() };
        let (first, second) = (words(&self.old, first), words(&self.new, second));
        self.note(effect, Phrase::Combined, &[&from, first, &format!("{moved}{second}")]);
    }
}

/// The rights of a rule: in its order where that counts.
fn names<'a>(charter: &'a Charter, stack: &'a Stack) -> Vec<&'a str> {
    let mut names: Vec<&str> =
        stack.rights.iter().filter_map(|id| charter.rights.get(*id)).map(|right| right.name.as_ref()).collect();
    names.extend(stack.elsewhere.iter().map(AsRef::as_ref));
    if stack.rule != Stacking::First {
        names.sort_unstable();
    }
    names
}

fn words(plain: &Plain<'_>, rule: Stacking) -> &'static str {
    match rule {
        Stacking::Highest => plain.pick("only the highest is owed", "只取最高一项", "bare det høyeste gis"),
        Stacking::Sum => plain.pick("all are owed", "全部累加", "alle gis"),
        Stacking::Offset => plain.pick(
            "what one gave is taken off another",
            "一项已给的金额从另一项中扣除",
            "det én ga, trekkes fra en annen",
        ),
        Stacking::First => plain.pick("one excludes the others", "一项排除其他各项", "én utelukker de andre"),
    }
}
