//! Receivers of messages: a file, and an HTTP endpoint by the Standard Webhooks specification.

mod file;
mod webhook;

pub use file::FileSink;
pub use webhook::{WebhookError, WebhookSink};
