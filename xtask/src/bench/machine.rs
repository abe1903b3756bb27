//! The machine the figures come from.

use std::fs;

use crate::table::row;

/// Cores, model, memory and kernel, as the system tells them.
pub fn describe() -> Vec<Vec<String>> {
    let cores = std::thread::available_parallelism().map_or_else(|_| unknown(), |cores| cores.to_string());
    let kernel =
        fs::read_to_string("/proc/sys/kernel/osrelease").map_or_else(|_| unknown(), |text| text.trim().to_owned());
    vec![
        row(["cores".to_owned(), cores]),
        row(["model".to_owned(), value("/proc/cpuinfo", "model name").unwrap_or_else(unknown)]),
        row(["memory".to_owned(), value("/proc/meminfo", "MemTotal").unwrap_or_else(unknown)]),
        row(["kernel".to_owned(), format!("{} {kernel}", std::env::consts::OS)]),
    ]
}

fn unknown() -> String {
    "not known".to_owned()
}

fn value(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}
