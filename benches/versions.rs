//! Versions and requirements, next to the crate `gem_version` on the same data.
fn main() {
    divan::main();
}
