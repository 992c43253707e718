//! smoke
mod oracle;
use oracle::{brute, generate};
#[test]
fn smoke() {
    let t = std::time::Instant::now();
    let (mut imp, mut there, mut steps) = (0, 0, vec![0; 12]);
    let mut worst = (std::time::Duration::ZERO, 0);
    for seed in 0..3000 {
        let w = generate::world(seed);
        w.check().unwrap_or_else(|e| panic!("{e}\n{w}"));
        let t = std::time::Instant::now();
        match brute::plan(&w) {
            brute::Outcome::Impossible => imp += 1,
            brute::Outcome::AlreadyThere => there += 1,
            brute::Outcome::Planned(s) => steps[s.len()] += 1,
        }
        worst = worst.max((t.elapsed(), seed));
    }
    println!("{imp} {there} {steps:?} {:?} worst {worst:?}", t.elapsed());
}
