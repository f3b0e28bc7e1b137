//! Random programs: forward mode against dual numbers, reverse mode against forward mode, with
//! optimisations on and off, all on the interpreter of the IR.
//!
//! `RANDOM_PROGRAMS=100000 cargo test --release -p autodiff-compiler --test random` for a long
//! run; `RANDOM_SEED` moves the start, `RANDOM_SECONDS` stops it, `RANDOM_REPORT` names a file for the
//! failures, with the IR if `RANDOM_DUMP=1`.

mod check;
mod generate;
mod rng;
mod rustc;
mod shrink;

use check::{Failure, Verdict};
use generate::Source;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{TestCaseError, TestError, TestRunner};
use shrink::Program;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[derive(Default)]
struct Tally {
    passed: usize,
    refused: BTreeMap<String, usize>,
    skipped: BTreeMap<String, usize>,
    /// By kind: how often, and the first one.
    failed: BTreeMap<String, (usize, u64, Source, Failure)>,
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The program of a seed.
fn program(runner: &mut TestRunner, seed: u64) -> Source {
    Program(seed).new_tree(runner).expect("every seed has a program").current()
}

/// The programs of a file: `RANDOM_FILE=f.rs`, of one function only with `RANDOM_NAME`, whose IR is
/// shown then.
#[test]
fn programs_of_a_file() {
    let Ok(path) = std::env::var("RANDOM_FILE") else { return };
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let name = std::env::var("RANDOM_NAME").ok();
    std::panic::set_hook(Box::new(|_| {}));
    let mut failed = 0;
    for mut source in generate::read(&text) {
        if name.as_ref().is_some_and(|name| *name != source.main.name) {
            continue;
        }
        if name.is_some() {
            println!("{}", check::dump(&source, 0));
        }
        let (mut passed, mut worst) = (0, None);
        for size in [None, Some(0), Some(1), Some(3), Some(8), Some(17)] {
            source.size = size;
            for seed in 0..10 {
                match check::check(&source, seed) {
                    Verdict::Passed => passed += 1,
                    Verdict::Failed(failure) => worst = Some(format!("size {size:?}: {failure:?}")),
                    verdict @ (Verdict::Refused(_) | Verdict::Skipped(_)) => {
                        worst = worst.or_else(|| (passed == 0).then(|| format!("{verdict:?}")));
                    }
                }
            }
        }
        match worst {
            Some(worst) if passed == 0 || worst.starts_with("size") => {
                failed += 1;
                println!("{}: {worst}", source.main.name);
            }
            _ => println!("{}: passed {passed}", source.main.name),
        }
    }
    let _ = std::panic::take_hook();
    assert_eq!(failed, 0, "functions that fail or cannot be checked");
}

#[test]
fn random_programs() {
    let count = number("RANDOM_PROGRAMS", 2000);
    let start = number("RANDOM_SEED", 0);
    std::panic::set_hook(Box::new(|_| {}));
    let next = AtomicU64::new(start);
    let deadline = Instant::now() + Duration::from_secs(number("RANDOM_SECONDS", 3600));
    let tally = Mutex::new(Tally::default());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let work = || {
                let mut runner = TestRunner::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= start + count || Instant::now() > deadline {
                        return;
                    }
                    let begun = Instant::now();
                    let source = program(&mut runner, seed);
                    let verdict = check::check(&source, seed);
                    if begun.elapsed() > Duration::from_secs(20) {
                        println!("seed {seed} took {:?}", begun.elapsed());
                    }
                    tally.lock().expect("no worker panics with the lock").add(seed, source, verdict);
                }
            };
            std::thread::Builder::new()
                .stack_size(64 << 20)
                .spawn_scoped(scope, work)
                .expect("a thread starts");
        }
    });
    let tally = tally.into_inner().expect("no worker panics with the lock");
    println!("{}", tally.summary());
    let report = tally.report();
    let _ = std::panic::take_hook();
    println!("{report}");
    if let Ok(path) = std::env::var("RANDOM_REPORT") {
        std::fs::write(path, &report).expect("the report can be written");
    }
    assert!(tally.failed.is_empty(), "{} kinds of failure", tally.failed.len());
    assert!(tally.passed * 10 >= tally.tried() * 6, "most programs were not checked");
}

/// What fails is made as small as its cause: here anything that holds a sine.
#[test]
fn programs_get_smaller_while_they_fail() {
    let mut runner = TestRunner::new(shrink::config());
    let sine = |source: &Source| source.text.contains(".sin()");
    let seed = (0..).find(|&seed| {
        let source = program(&mut runner, seed);
        sine(&source) && source.text.lines().count() > 30
    });
    let tree = Program(seed.expect("some program has a sine")).new_tree(&mut runner).expect("a program");
    let test = |source: Source| match sine(&source) {
        true => Err(TestCaseError::fail("a sine")),
        false => Ok(()),
    };
    let Err(TestError::Fail(_, smallest)) = runner.run_one(tree, test) else { panic!("it fails") };
    assert!(sine(&smallest), "{}", smallest.text);
    assert!(smallest.text.lines().count() <= 8, "{}", smallest.text);
}

/// A batch as real code, debug and release: `RANDOM_RUSTC=300` says how many programs.
#[test]
fn random_programs_as_real_code() {
    let count = number("RANDOM_RUSTC", 0);
    if count == 0 {
        println!("RANDOM_RUSTC is not set: no program is compiled");
        return;
    }
    let start = number("RANDOM_SEED", 0);
    let mut runner = TestRunner::default();
    let sources: Vec<(u64, Source)> =
        (start..start + count).map(|seed| (seed, program(&mut runner, seed))).collect();
    let (text, programs) = rustc::batch(&sources);
    let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("random-batch");
    let facade = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let manifest = format!(
        "[package]\nname = \"random-batch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         differentiable = {{ path = {facade:?} }}\n"
    );
    std::fs::create_dir_all(root.join("src")).expect("the target directory can be written");
    std::fs::write(root.join("Cargo.toml"), manifest).expect("the target directory can be written");
    std::fs::write(root.join("src/main.rs"), text).expect("the target directory can be written");
    for profile in [&["run", "--quiet"][..], &["run", "--quiet", "--release"][..]] {
        let status = std::process::Command::new(env!("CARGO")).args(profile).current_dir(&root).status();
        assert!(
            status.expect("cargo runs").success(),
            "the batch of {programs} programs fails with {profile:?}"
        );
    }
}

impl Tally {
    fn add(&mut self, seed: u64, source: Source, verdict: Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Refused(why) => *self.refused.entry(why).or_default() += 1,
            Verdict::Skipped(why) => *self.skipped.entry(why).or_default() += 1,
            Verdict::Failed(failure) => {
                let size = source.text.len();
                let known = self.failed.entry(failure.kind.clone()).or_insert((
                    0,
                    seed,
                    source.clone(),
                    failure.clone(),
                ));
                known.0 += 1;
                if size < known.2.text.len() {
                    (known.1, known.2, known.3) = (seed, source, failure);
                }
            }
        }
    }

    fn tried(&self) -> usize {
        let count = |map: &BTreeMap<String, usize>| map.values().sum::<usize>();
        let failed: usize = self.failed.values().map(|entry| entry.0).sum();
        self.passed + failed + count(&self.refused) + count(&self.skipped)
    }

    fn summary(&self) -> String {
        let mut out = format!("{} programs: ", self.tried());
        let failed: usize = self.failed.values().map(|entry| entry.0).sum();
        let count = |map: &BTreeMap<String, usize>| map.values().sum::<usize>();
        let (refused, skipped) = (count(&self.refused), count(&self.skipped));
        let _ =
            writeln!(out, "passed {}, failed {failed}, refused {refused}, skipped {skipped}", self.passed);
        for (title, map) in [("refused", &self.refused), ("skipped", &self.skipped)] {
            let mut list: Vec<_> = map.iter().collect();
            list.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            for (why, count) in list.into_iter().take(15) {
                let _ = writeln!(out, "  {title} {count}: {why}");
            }
        }
        for (kind, (count, seed, ..)) in &self.failed {
            let _ = writeln!(out, "  failed {count}: {kind} (seed {seed})");
        }
        out
    }

    fn report(&self) -> String {
        let mut out = self.summary();
        let mut kinds: Vec<_> = self.failed.iter().collect();
        kinds.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.0));
        for (kind, (count, seed, source, failure)) in kinds.into_iter().take(12) {
            let (source, failure) = shrink::shrink(source, failure, *seed);
            let _ = writeln!(out, "\n== {count} x {kind} (seed {seed})\n{}\n{}", failure.detail, source.text);
            if number("RANDOM_DUMP", 0) > 0 {
                out.push_str(&check::dump(&source, *seed));
            }
        }
        out
    }
}
