//! The fuzz targets over their corpus, and over random changes of it: the same functions that cargo-fuzz runs for hours.

#[expect(unreachable_pub, reason = "it is the library of the fuzz targets")]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use super::support::fixture;

/// The seed of the changes; another one by `MAILSETUP_FUZZ_SEED`.
const SEED: u64 = 20_261_126;
/// Most runs of a target.
const RUNS: usize = 3000;
/// How long a target may go on.
const TIME: Duration = Duration::from_secs(2);
/// The longest input that a change makes.
const LONGEST: usize = 8 * 1024;

/// Xorshift (Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }

    /// A few changes: bytes turned, taken out, put in, copied, and pieces of another input.
    fn change(&mut self, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        const TELLING: [&[u8]; 12] = [
            b"\r\n",
            b"\n",
            b"\0",
            b"\x1b[2J",
            b"250-",
            b"334 ",
            b"\xff",
            b"'",
            b"\"",
            b"\\",
            b"[[",
            b"# BEGIN mailsetup: default\n",
        ];
        for _ in 0..=self.roll(6) {
            let at = self.roll(bytes.len() + 1);
            let end = (at + self.roll(32)).min(bytes.len());
            match self.roll(6) {
                0 => drop(bytes.drain(at..end)),
                1 => bytes.insert(at, u8::try_from(self.roll(256)).unwrap()),
                2 => drop(bytes.splice(at..at, TELLING[self.roll(TELLING.len())].iter().copied())),
                3 => {
                    let piece = bytes[at..end].to_vec();
                    let to = self.roll(bytes.len() + 1);
                    bytes.splice(to..to, piece);
                }
                4 => {
                    let other = &corpus[self.roll(corpus.len())];
                    let from = self.roll(other.len() + 1);
                    let piece = other[from..(from + self.roll(256)).min(other.len())].to_vec();
                    bytes.splice(at..end, piece);
                }
                _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << self.roll(8)),
            }
        }
        bytes.truncate(LONGEST);
    }
}

/// Every file of a target's corpus, by name.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Runs a target over the corpus, then over changes of it.
fn run(name: &str, more: Vec<Vec<u8>>, target: fn(&[u8])) {
    let seed = std::env::var("MAILSETUP_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let corpus = [corpus(name), more].concat();
    assert!(corpus.len() > 2, "{name} has no corpus");
    let (mut dice, begin, mut runs) = (Dice(seed), Instant::now(), 0);
    let mut try_one = |bytes: &[u8]| {
        let outcome = std::panic::catch_unwind(|| target(bytes));
        assert!(outcome.is_ok(), "{name}, seed {seed}, run {runs}: {}", bytes.escape_ascii());
        runs += 1;
        runs < RUNS && begin.elapsed() < TIME
    };
    for bytes in &corpus {
        try_one(bytes);
    }
    loop {
        let mut bytes = corpus[dice.roll(corpus.len())].clone();
        dice.change(&mut bytes, &corpus);
        if !try_one(&bytes) {
            break;
        }
    }
    eprintln!("{name}: {runs} runs in {:?}", begin.elapsed());
}

/// The built-in files of a folder, behind the byte that says their kind.
fn built_in(folder: &str, kind: u8) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets").join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| [vec![kind], fs::read(path).unwrap()].concat()).collect()
}

#[test]
fn reply() {
    run("reply", Vec::new(), targets::reply);
}

#[test]
fn arrival() {
    run("arrival", Vec::new(), targets::arrival);
}

#[test]
fn autoconfig() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/autoconfig");
    let documents = fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    run("autoconfig", documents.collect(), targets::autoconfig);
}

#[test]
fn session() {
    // What hostile servers say is a corpus by itself.
    let said = |fixture: &fixture::Fixture| {
        let sent =
            fixture.script.iter().filter_map(|step| if let fixture::Step::Send(text) = step { Some(text) } else { None });
        [0].into_iter().chain(sent.flat_map(|text| text.bytes().chain([255]))).collect::<Vec<u8>>()
    };
    run("session", fixture::all().iter().map(said).collect(), targets::session);
}

#[test]
fn preset() {
    run("preset", [built_in("providers", 0), built_in("targets", 1), built_in("causes", 2)].concat(), targets::preset);
}

#[test]
fn profile() {
    run("profile", Vec::new(), targets::profile);
}

#[test]
fn answers() {
    run("answers", Vec::new(), targets::answers);
}

#[test]
fn certificate() {
    run("certificate", Vec::new(), targets::certificate);
}

#[test]
fn import() {
    // Whoever reads a fixture's files as another program's has a corpus by that too.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import");
    let cases = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let texts = cases.flat_map(|case| {
        let case: toml::Table = toml::from_str(&case).unwrap();
        let files = case["files"].as_table().unwrap().values();
        files.map(|text| text.as_str().unwrap().as_bytes().to_vec()).collect::<Vec<_>>()
    });
    let each = texts.flat_map(|text| (0..32).map(move |kind| [vec![kind], text.clone()].concat()));
    run("import", each.collect(), targets::import);
}

#[test]
fn target() {
    run("target", Vec::new(), targets::target);
}
