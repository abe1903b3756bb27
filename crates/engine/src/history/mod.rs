//! The log as files: written once from a database, read as often as wanted by whoever judges history again.

mod estimate;
mod export;
mod files;

pub use estimate::{Estimate, Total, estimate};
pub use export::{EXPORT_STEPS, ExportError, Exported, Range, export};
pub use files::History;
pub(crate) use files::ThingLogs;
