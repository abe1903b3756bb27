//! The conditions as the `cel` crate evaluates them by itself.

use anyhow::{Result, bail};
use cel::{Context, Program, Value};

use super::by_hand::Delivered;
use super::{CONDITIONS, Held, with};

/// The parsed conditions, and the functions they may call: both made once.
pub struct Rights {
    programs: Vec<Program>,
    root: Context<'static, 'static>,
}

impl Rights {
    pub fn new() -> Result<Self> {
        let mut programs = Vec::new();
        for condition in CONDITIONS {
            match Program::compile(condition) {
                Ok(program) => programs.push(program),
                Err(error) => bail!("`{condition}`: {error}"),
            }
        }
        Ok(Self { programs, root: Context::default() })
    }

    /// Which conditions hold. The event is bound once for all of them.
    pub fn judge(&self, event: &Delivered) -> Result<Held> {
        let mut scope = self.root.new_inner_scope();
        scope.add_variable_from_value("data", bound(event));
        let mut held = 0;
        for (place, program) in self.programs.iter().enumerate() {
            match program.execute(&scope) {
                Ok(Value::Bool(holds)) => held = with(held, place, holds),
                other => bail!("`{}` gave {other:?}", CONDITIONS.get(place).unwrap_or(&"")),
            }
        }
        Ok(held)
    }
}

#[expect(clippy::disallowed_types, reason = "the crate takes its maps so, and nothing iterates")]
fn bound(event: &Delivered) -> std::collections::HashMap<String, Value> {
    std::collections::HashMap::from([
        ("late_minutes".to_owned(), event.late_minutes.into()),
        ("ordered".to_owned(), event.ordered.into()),
        ("delivered".to_owned(), event.delivered.into()),
        ("damaged".to_owned(), event.damaged.into()),
        ("priority".to_owned(), event.priority.into()),
        ("cause".to_owned(), event.cause.word().to_owned().into()),
    ])
}
