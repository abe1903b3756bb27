//! Checks, generated files and measurements of the workspace: `cargo xtask ci`, `cargo xtask generate`, `cargo xtask bench`.

pub mod bench;
pub mod ci;
pub mod cli_reference;
pub mod error_codes;
pub mod generated;
pub mod place;
pub mod shell;
pub mod sim;
pub mod table;
pub mod torture;
