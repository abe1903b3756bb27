//! A failure made small: of the steps as few as still fail.

use anyhow::Result;

use crate::plan::{Plan, Step};
use crate::run::Trouble;

/// A plan that fails, as small as it was made.
#[derive(Debug, Clone)]
pub struct Shrunk {
    /// The plan with the steps that are left.
    pub plan: Plan,
    /// How it fails.
    pub trouble: Trouble,
    /// How many runs that took.
    pub runs: usize,
}

/// Leaves out steps by halves, then by smaller and smaller parts, as long as something is still wrong; at most `runs` runs. `fails`
/// lives a plan and says what is wrong with it.
///
/// # Errors
/// Where a run cannot be made.
pub fn shrink(
    plan: &Plan,
    trouble: Trouble,
    runs: usize,
    fails: &mut dyn FnMut(&Plan) -> Result<Option<Trouble>>,
) -> Result<Shrunk> {
    let mut best = Shrunk { plan: plan.clone(), trouble, runs: 0 };
    // Nothing after the failure matters.
    let prefix = best.plan.steps.get(..best.trouble.steps).unwrap_or_default().to_vec();
    best.try_with(prefix, fails)?;
    let mut part = best.plan.steps.len() / 2;
    while part > 0 && best.runs < runs {
        let mut at = 0;
        while at < best.plan.steps.len() && best.runs < runs {
            let mut steps = best.plan.steps.clone();
            steps.drain(at..(at.saturating_add(part)).min(steps.len()));
            if !best.try_with(steps, fails)? {
                at = at.saturating_add(part);
            }
        }
        part /= 2;
    }
    Ok(best)
}

impl Shrunk {
    /// Takes these steps instead, if they fail as well.
    fn try_with(&mut self, steps: Vec<Step>, fails: &mut dyn FnMut(&Plan) -> Result<Option<Trouble>>) -> Result<bool> {
        self.runs = self.runs.saturating_add(1);
        let tried = Plan { steps, ..self.plan.clone() };
        let Some(trouble) = fails(&tried)? else { return Ok(false) };
        (self.plan, self.trouble) = (tried, trouble);
        Ok(true)
    }
}
