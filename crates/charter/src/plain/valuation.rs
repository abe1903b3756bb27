//! How customers are valued, key by key, as it is explained and compared.

use makegood_money::Ratio;

use super::Plain;
use crate::expr::Expr;
use crate::model::{Margin, ShapeId, Valuation};

impl Plain<'_> {
    /// The keys of the charter's `value` section with what each says; nothing when it values nobody.
    pub fn valuation(&self) -> Vec<(&'static str, String)> {
        let Some(valuation) = &self.charter.valuation else { return Vec::new() };
        let mut facts = self.valued_events(valuation);
        let rate = format!("{} {}", self.share(valuation.discount), self.pick("a year", "每年", "i året"));
        facts.push(("discount", rate));
        let horizon = match valuation.horizon_years {
            Some(years) => format!("{} {}", decimal(years), self.pick("years", "年", "år")),
            None => self.pick("all of the future", "全部未来", "hele fremtiden").to_owned(),
        };
        facts.push(("horizon", horizon));
        facts.push(("time_unit", valuation.unit.word().to_owned()));
        facts.push(("lost_below", self.share(valuation.lost_below)));
        facts
    }

    fn valued_events(&self, valuation: &Valuation) -> Vec<(&'static str, String)> {
        let mut facts = Vec::new();
        for purchase in &valuation.purchases {
            let mut words = self.valued(purchase.on, purchase.when.as_ref());
            words.push_str(&format!(", amount `{}`{}", purchase.amount.source(), self.margin(&purchase.margin)));
            if let Some(segment) = &purchase.segment {
                words.push_str(&format!(", segment `{}`", segment.source()));
            }
            facts.push(("purchases", words));
        }
        for refund in &valuation.refunds {
            let on = self.valued(refund.on, refund.when.as_ref());
            facts
                .push(("refunds", format!("{on}, amount `{}`{}", refund.amount.source(), self.margin(&refund.margin))));
        }
        for service in &valuation.services {
            let on = self.valued(service.on, service.when.as_ref());
            facts.push(("cost_to_serve", format!("{on}, amount `{}`", service.amount.source())));
        }
        for departure in &valuation.departures {
            let mut words = self.valued(departure.on, departure.when.as_ref());
            if let Some(because) = &departure.because {
                words.push_str(&format!(", because `{}`", because.source()));
            }
            facts.push(("left", words));
        }
        facts
    }

    pub(super) fn valued(&self, on: ShapeId, when: Option<&Expr>) -> String {
        let name = self.charter.shapes.get(on).map_or("", |shape| shape.name.as_ref());
        when.map_or_else(|| format!("`{name}`"), |when| format!("`{name}`, if `{}`", when.source()))
    }

    fn margin(&self, margin: &Margin) -> String {
        match margin {
            Margin::Whole => String::new(),
            Margin::Share(share) => format!(", margin {}", self.share(*share)),
            Margin::Expr(expression) => format!(", margin `{}`", expression.source()),
        }
    }
}

/// A number of years as it was written.
fn decimal(years: Ratio) -> String {
    let whole = years.numerator().checked_div(years.denominator()).unwrap_or_default();
    let part = years.numerator().checked_rem(years.denominator()).unwrap_or_default();
    if part == 0 { whole.to_string() } else { format!("{whole}.{part:06}").trim_end_matches('0').to_owned() }
}
