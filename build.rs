//! Lists the preset files for `src/presets/builtin.rs`, so that adding a built-in file is adding the file.
//!
//! Every file is embedded unchanged and parsed when it is first asked for. Only what is needed from many files at once is taken
//! out here: the rank that orders a list, and a few lists of strings (of a text, what says yes and no). That takes no TOML parser, since both are written
//! plainly: at the beginning of a line, above the first table (or in `[words]`). A test in `src/presets/builtin.rs` compares
//! the result with what the TOML parser reads.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The folders below `presets`, with the ending of their files and the constant that lists them.
const FOLDERS: [(&str, &str, &str); 7] = [
    ("providers", "toml", "PROVIDERS"),
    ("targets", "toml", "TARGETS"),
    ("causes", "toml", "CAUSES"),
    ("families", "toml", "FAMILIES"),
    ("distributions", "toml", "DISTRIBUTIONS"),
    ("words", "toml", "WORDS"),
    ("text", "ftl", "TEXTS"),
];

/// Single files below `presets` of which a list is needed, with their constants.
const FILES: [(&str, &str); 1] = [("faults.toml", "FAULTS")];

/// Lists above the first table that are taken out; in `[words]`, all are.
const LISTS: [&str; 9] = ["domains", "mx", "families", "hosts", "marks", "keys", "order", "ids", "bundles"];

/// The rank of a file that names none.
const USUAL_RANK: u32 = 1000;

/// One preset file.
struct Preset {
    rank: u32,
    key: String,
    lists: Vec<(String, Vec<String>)>,
}

impl Preset {
    /// The file as an `Embedded`, which `src/presets/builtin.rs` defines; `file` is its path below `presets`.
    fn code(&self, file: &str) -> String {
        let Self { rank, key, lists } = self;
        let lists: Vec<String> = lists.iter().map(|(name, list)| format!("({name:?}, &{list:?} as &[&str])")).collect();
        let text = format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/presets/{file}\"))");
        format!("Embedded {{ key: {key:?}, rank: {rank}, text: {text}, lists: &[{}] }}", lists.join(", "))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut code = String::new();
    for (folder, ending, name) in FOLDERS {
        let path = root.join("presets").join(folder);
        // Cargo looks at every file below a folder.
        writeln!(io::stdout(), "cargo::rerun-if-changed={}", path.display())?;
        writeln!(code, "pub(super) static {name}: &[Embedded] = &[")?;
        for preset in presets(&path, ending)? {
            writeln!(code, "    {},", preset.code(&format!("{folder}/{}.{ending}", preset.key)))?;
        }
        writeln!(code, "];")?;
    }
    for (file, name) in FILES {
        let path = root.join("presets").join(file);
        writeln!(io::stdout(), "cargo::rerun-if-changed={}", path.display())?;
        writeln!(code, "pub(super) static {name}: Embedded = {};", preset(&path)?.code(file))?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("presets.rs"), code)?;
    Ok(())
}

/// The files of a folder in the order of their lists: by rank, then by name.
fn presets(folder: &Path, ending: &str) -> Result<Vec<Preset>, Box<dyn Error>> {
    let mut presets = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|is| is == ending) {
            presets.push(preset(&path)?);
        }
    }
    presets.sort_by(|a, b| (a.rank, &a.key).cmp(&(b.rank, &b.key)));
    Ok(presets)
}

/// Reads one file.
fn preset(path: &Path) -> Result<Preset, Box<dyn Error>> {
    let key = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a preset's name is not UTF-8")?.to_owned();
    let text = fs::read_to_string(path)?.replace("\r\n", "\n");
    let fault = |cause| format!("{}: {cause}", path.display());
    let lists =
        if path.extension().is_some_and(|ending| ending == "ftl") { yes_no(&text) } else { lists(&text).map_err(fault)? };
    Ok(Preset { rank: rank(&text).map_err(fault)?, key, lists })
}

/// What `rank = 120` says above the first table.
fn rank(text: &str) -> Result<u32, String> {
    let above = text.split("\n[").next().unwrap_or_default();
    match above.lines().find_map(|line| line.strip_prefix("rank = ")) {
        Some(rank) => rank.trim().parse().map_err(|_| format!("rank {rank:?} is not a plain number")),
        None => Ok(USUAL_RANK),
    }
}

/// The lists of strings above the first table that are asked for, and all of `[words]`, in the order of the file.
fn lists(text: &str) -> Result<Vec<(String, Vec<String>)>, String> {
    let mut lists = Vec::new();
    let mut table = "";
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.starts_with('[') {
            table = line.trim_end();
        } else if let Some((key, value)) = line.split_once(" = ")
            && let Some(first) = value.strip_prefix('[')
            && (table == "[words]" || table.is_empty() && LISTS.contains(&key))
        {
            let list = strings(&text[at - first.len()..]).ok_or_else(|| format!("{key} is not a list of plain strings"))?;
            lists.push((key.to_owned(), list));
        }
    }
    Ok(lists)
}

/// What a text file says for yes and no.
fn yes_no(text: &str) -> Vec<(String, Vec<String>)> {
    let words = |id: &str| {
        Some((id.to_owned(), vec![text.lines().find_map(|line| line.strip_prefix(id)?.strip_prefix(" = "))?.to_owned()]))
    };
    ["yes-words", "no-words"].into_iter().filter_map(words).collect()
}

/// The strings up to the closing bracket: in double quotes without escapes, or in single ones, perhaps with comments between.
fn strings(mut rest: &str) -> Option<Vec<String>> {
    let mut list = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\n', ',']);
        let (first, after) = rest.split_at_checked(1)?;
        match first {
            "]" => return Some(list),
            "#" => rest = after.split_once('\n')?.1,
            "\"" | "'" => {
                let (string, after) = after.split_once(first)?;
                if string.contains('\n') || first == "\"" && string.contains('\\') {
                    return None;
                }
                list.push(string.to_owned());
                rest = after;
            }
            _ => return None,
        }
    }
}
