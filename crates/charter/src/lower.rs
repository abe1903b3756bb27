//! From the tree to the charter that runs: one file for each section, all faults in one run.

mod awards;
mod bands;
mod calendars;
mod context;
mod counts;
mod defined;
mod duties;
mod events;
mod head;
mod indices;
mod limits;
mod literal;
mod pay;
mod places;
mod playbooks;
mod promises;
mod rights;
mod stacking;
mod stages;
mod tenders;
mod terms;
mod texts;
mod unused;
mod valuation;
mod values;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::diagnostic::{self, Code, Diagnostic, Diagnostics, Style};
use crate::model::Charter;
use crate::syntax::Node;
use crate::{grammar, syntax};
use context::Context;

/// What came of reading a charter.
#[derive(Debug)]
pub struct Read {
    /// The charter: there is one exactly when no diagnostic is an error.
    pub charter: Option<Charter>,
    /// What is wrong, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// The name of the file, for [`Read::report`].
    pub file_name: Box<str>,
}

impl Read {
    /// Draws what is wrong; `text` is the file that was read.
    pub fn report(&self, text: &str, style: Style) -> String {
        diagnostic::render(&self.diagnostics, &self.file_name, text, style)
    }
}

impl Charter {
    /// Reads, checks and compiles a charter.
    pub fn read(file_name: &str, text: &str) -> Read {
        let mut out = Diagnostics::default();
        let charter = syntax::read(text, &mut out).and_then(|root| {
            grammar::check(&root, &grammar::CHARTER, &mut out);
            lower(&root, text, &mut out)
        });
        if charter.is_none() && !out.has_errors() {
            out.push(Diagnostic::error(Code::WrongKind, &(0..0), "the charter cannot be read"));
        }
        let charter = charter.filter(|_| !out.has_errors());
        Read { charter, diagnostics: out.into_sorted(), file_name: file_name.into() }
    }
}

fn lower(root: &Node, text: &str, out: &mut Diagnostics) -> Option<Charter> {
    let head = head::read(root, text, out)?;
    let mut context = Context::new(text, &head, out);
    let calendars = calendars::read(root, &mut context);
    context.facts.calendars = calendars.clone();
    let tenders = tenders::read(root, &mut context);
    context.facts.places = Arc::new(places::read(root, &mut context));
    indices::read(root, &mut context);
    events::read(root, &mut context);
    defined::read(root, &mut context);
    values::read(root, &head, &mut context);
    let counts = counts::read(root, &mut context);
    let names = root.get("counts").map(Node::entries).unwrap_or_default().iter().map(|entry| entry.key.as_str().into());
    context.facts.counts = names.collect();
    context.has_duties = root.get("duties").is_some();
    let promises = promises::read(root, &mut context);
    let duties = duties::read(root, &mut context);
    let (playbooks, steps) = playbooks::read(root, &mut context);
    let rights = rights::read(root, &mut context);
    let stacking = stacking::read(root, &mut context);
    stacking::clashes(&rights, &stacking, &mut context);
    let limits = limits::read(root, &mut context);
    let valuation = valuation::read(root, &mut context);
    let stages = stages::read(root, valuation.as_ref().and_then(Option::as_ref), &mut context);
    unused::warn(root, &mut context);
    Some(Charter {
        name: head.name?,
        version: head.version?,
        digest: Sha256::digest(text.as_bytes()).into(),
        source_text: text.into(),
        from: head.from?,
        until: head.until,
        title: head.title,
        source: head.source,
        zone: head.zone,
        zone_name: head.zone_name,
        money: head.money,
        commodities: context.commodities,
        tenders,
        calendars,
        shapes: context.shapes,
        shape_ids: context.shape_ids,
        values: context.values.lowered,
        promises: promises.into_iter().chain(steps).collect::<Option<_>>()?,
        rights: rights.into_iter().map(|right| right.map(|right| right.right)).collect::<Option<_>>()?,
        stacking,
        limits,
        valuation: valuation?,
        stages: stages?,
        duties: duties.into_iter().collect::<Option<_>>()?,
        playbooks: playbooks.into_iter().collect::<Option<_>>()?,
        counts: counts.into_iter().collect::<Option<_>>()?,
        places: context.facts.places,
        terms: context.terms,
        draft: head.draft,
    })
}

#[cfg(test)]
mod tests;
