//! A failure made small: of the steps as few as still fail.

use anyhow::Result;

use crate::plan::{Plan, Step};
use crate::run::{Database, Trouble, run};

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

/// Leaves out steps by halves, then by smaller and smaller parts, as long as something is still wrong; at most `runs` runs. `progress`
/// is told of each run: how many steps are left.
///
/// # Errors
/// Where a run cannot be made.
pub fn shrink(
    plan: &Plan,
    trouble: Trouble,
    database: &Database,
    runs: usize,
    progress: &mut dyn FnMut(usize),
) -> Result<Shrunk> {
    let mut best = Shrunk { plan: plan.clone(), trouble, runs: 0 };
    let mut fails = |best: &mut Shrunk, steps: Vec<Step>| -> Result<bool> {
        best.runs = best.runs.saturating_add(1);
        let tried = Plan { steps, ..best.plan.clone() };
        progress(tried.steps.len());
        let Some(trouble) = run(&tried, database, None)?.trouble else { return Ok(false) };
        (best.plan, best.trouble) = (tried, trouble);
        Ok(true)
    };
    // Nothing after the failure matters.
    let prefix = best.plan.steps.get(..best.trouble.steps).unwrap_or_default().to_vec();
    fails(&mut best, prefix)?;
    let mut part = best.plan.steps.len() / 2;
    while part > 0 && best.runs < runs {
        let mut at = 0;
        while at < best.plan.steps.len() && best.runs < runs {
            let mut steps = best.plan.steps.clone();
            steps.drain(at..(at.saturating_add(part)).min(steps.len()));
            if !fails(&mut best, steps)? {
                at = at.saturating_add(part);
            }
        }
        part /= 2;
    }
    Ok(best)
}
