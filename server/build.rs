//! The PWA is built by `cargo xtask`; without it the program still compiles and says so at start.

fn main() -> std::io::Result<()> {
    let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../pwa/dist");
    std::fs::create_dir_all(dist)?;
    println!("cargo::rerun-if-changed=../pwa/dist");
    println!("cargo::rerun-if-changed=../migrations");
    println!("cargo::rerun-if-changed=../assets");
    Ok(())
}
