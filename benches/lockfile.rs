//! Reading a lockfile of 500 gems. The bar is 200 µs.

use divan::Bencher;
use divan::counter::BytesCount;
use rungs::lockfile::Lockfile;

fn main() {
    divan::main();
}

/// As many gems as asked for, each with one to three dependencies; some with a platform.
fn text(gems: usize, checksums: bool) -> String {
    let mut text = String::from("GEM\n  remote: https://rubygems.org/\n  specs:\n");
    let mut sums = String::from("\nCHECKSUMS\n");
    let mut direct = String::from("\nDEPENDENCIES\n");
    for n in 0..gems {
        let platform = if n % 10 == 9 { "-x86_64-linux-gnu" } else { "" };
        let version = format!("{}.{}.{}{platform}", n % 9, n % 7, n);
        text.push_str(&format!("    made-up-gem-{n:04} ({version})\n"));
        for d in 0..=n % 3 {
            let other = (n * 7 + d) % gems;
            text.push_str(&format!(
                "      made-up-gem-{other:04} (>= {}.{}, < 9.0)\n",
                other % 9,
                other % 7
            ));
        }
        sums.push_str(&format!(
            "  made-up-gem-{n:04} ({version}) sha256={n:064x}\n"
        ));
        if n % 5 == 0 {
            direct.push_str(&format!("  made-up-gem-{n:04} (~> {}.{})\n", n % 9, n % 7));
        }
    }
    text.push_str("\nPLATFORMS\n  ruby\n  x86_64-linux-gnu\n");
    text.push_str(&direct);
    if checksums {
        text.push_str(&sums);
    }
    text.push_str("\nRUBY VERSION\n   ruby 3.2.2p53\n\nBUNDLED WITH\n   2.6.9\n");
    text
}

#[divan::bench(args = [500, 5000])]
fn read(bencher: Bencher<'_, '_>, gems: usize) {
    run(bencher, &text(gems, false), gems);
}

#[divan::bench(args = [500])]
fn read_with_checksums(bencher: Bencher<'_, '_>, gems: usize) {
    run(bencher, &text(gems, true), gems);
}

fn run(bencher: Bencher<'_, '_>, text: &str, gems: usize) {
    let lockfile = Lockfile::parse(text.as_bytes()).expect("a lockfile");
    assert_eq!(lockfile.specs().len(), gems);
    assert_eq!(lockfile.warnings().len(), 0);
    bencher
        .counter(BytesCount::of_str(text))
        .bench_local(|| Lockfile::parse(divan::black_box(text.as_bytes())));
}
