//! What is generated and committed is what the code says now.

use std::path::Path;

#[test]
fn committed_files_are_those_generated_again() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace has a folder");
    let old: Vec<&str> = xtask::generated::files()
        .into_iter()
        .filter(|(path, content)| std::fs::read_to_string(root.join(path)).ok().as_ref() != Some(content))
        .map(|(path, _)| path)
        .collect();
    assert!(old.is_empty(), "`cargo xtask generate` makes these anew: {old:?}");
}
