//! Where the examples are, built.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Once;

/// The path of an example of this profile. Cargo puts examples beside the tests, but builds them
/// only when it runs all of those.
///
/// # Panics
/// When the examples do not build.
#[track_caller]
pub fn example(name: &str) -> String {
    static BUILT: Once = Once::new();
    BUILT.call_once(build);
    let path = target().join("examples").join(name);
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// The folder of this profile: a test is in its `deps`.
fn target() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    test.ancestors().nth(2).expect("a target folder").to_owned()
}

fn build() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "build",
        "--locked",
        "--quiet",
        "--examples",
        "-p",
        "chat-core",
        "-p",
        "chat-web",
    ]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    assert!(
        cargo.status().expect("cargo runs").success(),
        "the examples do not build"
    );
}
