//! Where things stand.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

/// The folder, beside the project, where the raw data may stand if `MAKEGOOD_DATA` does not name another.
const DATA_BESIDE: &str = "../shared/data";

/// The folders a task works in.
#[derive(Debug, Clone)]
pub struct Place {
    /// The workspace.
    pub root: PathBuf,
    /// What cargo builds, and what tasks leave behind.
    pub target: PathBuf,
}

impl Place {
    /// The workspace this program was built from.
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace has no folder")?.to_owned();
        let metadata = MetadataCommand::new().current_dir(&root).no_deps().exec().context("cargo metadata failed")?;
        Ok(Self { root, target: metadata.target_directory.into_std_path_buf() })
    }

    /// The program as it is released.
    pub fn makegood(&self) -> PathBuf {
        self.target.join("release/makegood")
    }

    /// A folder under the target folder, made when there is none.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.target.join(name);
        std::fs::create_dir_all(&folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
        Ok(folder)
    }

    /// Where the raw data stands, if it is at hand.
    pub fn data(&self) -> Option<PathBuf> {
        let named = std::env::var_os("MAKEGOOD_DATA").map(PathBuf::from);
        named.or_else(|| Some(self.root.join(DATA_BESIDE))).filter(|folder| folder.is_dir())
    }
}
