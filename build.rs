//! Packs what is embedded, so that adding a built-in file is adding the file.
//!
//! The presets of a folder become one compressed text (DEFLATE, RFC 1951), which `src/packed.rs` unpacks when one of them is first
//! asked for: no TOML is parsed then. A test in `src/presets/builtin.rs` compares what comes out with what the TOML parser reads
//! in the file.
//!
//! A value is a letter and what follows it: `s` a string, `i` an integer as it is written, `t` and `f` yes and no, `l` a list, `o` a
//! table. A string, an integer, and the body of a list or a table have their length in bytes before them; the body of a table is a
//! key, as a string without its letter, and a value in turns. A length has its lowest six bits first, a byte each; 64 is added to each
//! byte but the last. So a packed text is UTF-8, and what is not needed is passed over.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use toml::de::{DeTable, DeValue};

/// The folders below `presets`, with the ending of their files and the constant that lists them.
const FOLDERS: [(&str, &str, &str); 9] = [
    ("providers", "toml", "PROVIDERS"),
    ("targets", "toml", "TARGETS"),
    ("causes", "toml", "CAUSES"),
    ("families", "toml", "FAMILIES"),
    ("distributions", "toml", "DISTRIBUTIONS"),
    ("dns_hosts", "toml", "DNS_HOSTS"),
    ("receivers", "toml", "RECEIVERS"),
    ("words", "toml", "WORDS"),
    ("text", "ftl", "TEXTS"),
];

/// Single files below `presets`, with their constants.
const FILES: [(&str, &str); 4] =
    [("egress.toml", "EGRESS"), ("faults.toml", "FAULTS"), ("gateways.toml", "GATEWAYS"), ("programs.toml", "PROGRAMS")];

/// A file, the one in `OUT_DIR` that has it packed, and what is packed of it.
type OtherFile = (&'static str, &'static str, fn(&str) -> String);

/// Other files.
const OTHERS: [OtherFile; 3] = [
    ("presets/domains.tsv", "domains", lines),
    ("presets/public_suffix_list.dat", "public_suffixes", public_suffixes),
    ("src/cli/profile.schema.json", "profile_schema", str::to_owned),
];

/// The rank of a file that names none.
const USUAL_RANK: u32 = 1000;

/// How hard to compress: the hardest.
const LEVEL: u8 = 10;

/// One preset file.
struct Preset {
    rank: u32,
    key: String,
    /// Its table, packed.
    body: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let presets = root.join("presets");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut code = String::new();
    for (folder, ending, name) in FOLDERS {
        let path = presets.join(folder);
        // Cargo looks at every file below a folder.
        writeln!(io::stdout(), "cargo::rerun-if-changed={}", path.display())?;
        let files = folder_files(&path, ending)?;
        // A text is a packed one of its own: one language is spoken.
        let packs: Vec<Vec<&Preset>> =
            if ending == "ftl" { files.iter().map(|file| vec![file]).collect() } else { vec![files.iter().collect()] };
        let mut list = String::new();
        for (number, pack) in packs.iter().enumerate() {
            write!(list, "{}", embedded(&out, &format!("{name}_{number}"), pack, &mut code)?)?;
        }
        writeln!(code, "pub(super) static {name}: &[Embedded] = &[{list}];")?;
    }
    for (file, name) in FILES {
        let path = presets.join(file);
        writeln!(io::stdout(), "cargo::rerun-if-changed={}", path.display())?;
        let list = embedded(&out, &format!("{name}_0"), &[&preset(&path)?], &mut code)?;
        writeln!(code, "pub(super) static {name}: Embedded = {};", list.trim_end_matches(','))?;
    }
    fs::write(out.join("presets.rs"), code)?;
    for (file, name, what) in OTHERS {
        let path = root.join(file);
        writeln!(io::stdout(), "cargo::rerun-if-changed={}", path.display())?;
        write_packed(&out, name, &what(&fs::read_to_string(path)?))?;
    }
    Ok(())
}

/// The lines of a table in the order of their bytes, without comments.
fn lines(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("//"));
    let mut lines: Vec<&str> = lines.map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    lines.iter().flat_map(|line| [*line, "\n"]).collect()
}

/// The rules of the Public Suffix List, and a line with the date that a comment has.
fn public_suffixes(text: &str) -> String {
    lines(&text.replacen("// VERSION: ", "VERSION\t", 1))
}

/// Writes the presets as one compressed text; returns their `Embedded`s, which `src/presets/builtin.rs` defines.
fn embedded(out: &Path, name: &str, presets: &[&Preset], code: &mut String) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    let mut list = String::new();
    for Preset { rank, key, body } in presets {
        let start = text.len();
        text.push_str(body);
        let (start, end) = (grouped(start), grouped(text.len()));
        write!(list, "Embedded {{ key: {key:?}, rank: {rank}, pack: &{name}, at: {start}..{end} }},")?;
    }
    write_packed(out, name, &text)?;
    writeln!(code, "static {name}: Packed = Packed::new(include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")));")?;
    Ok(list)
}

/// A number as code has it, with a line below between its thousands.
fn grouped(number: usize) -> String {
    if number < 1000 { number.to_string() } else { format!("{}_{:03}", grouped(number / 1000), number % 1000) }
}

/// Compresses a text into a file of `OUT_DIR`, behind its size in four bytes, the lowest first.
fn write_packed(out: &Path, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let mut packed = u32::try_from(text.len())?.to_le_bytes().to_vec();
    packed.extend(miniz_oxide::deflate::compress_to_vec(text.as_bytes(), LEVEL));
    Ok(fs::write(out.join(name), packed)?)
}

/// The files of a folder in the order of their lists: by rank, then by name.
fn folder_files(folder: &Path, ending: &str) -> Result<Vec<Preset>, Box<dyn Error>> {
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
    let fault = |cause: String| format!("{}: {cause}", path.display());
    if path.extension().is_some_and(|ending| ending == "ftl") {
        return Ok(Preset { rank: USUAL_RANK, key, body: messages(&text).map_err(fault)? });
    }
    let table = DeTable::parse(&text).map_err(|error| fault(error.to_string()))?.into_inner();
    let rank = match table.get("rank").map(toml::Spanned::get_ref) {
        Some(DeValue::Integer(rank)) => rank.as_str().parse().map_err(|_| fault("rank is not a plain number".to_owned()))?,
        _ => USUAL_RANK,
    };
    let mut body = String::new();
    pack_table(&table, &mut body).map_err(fault)?;
    Ok(Preset { rank, key, body })
}

/// The messages of a Fluent file as a packed table: a message's source by its name, in the order of the names. None may refer to
/// another one, nor to a term: each is parsed alone.
fn messages(text: &str) -> Result<String, String> {
    let mut messages: Vec<(&str, String)> = Vec::new();
    let mut is_in_message = false;
    for line in text.lines() {
        match line.bytes().next() {
            Some(b'a'..=b'z' | b'A'..=b'Z') => {
                let (name, _) = line.split_once('=').ok_or_else(|| format!("no message: {line}"))?;
                messages.push((name.trim_end(), line.to_owned()));
                is_in_message = true;
            }
            Some(b'#') => is_in_message = false,
            Some(b'-') => return Err(format!("terms are not read: {line}")),
            _ if is_in_message => {
                if let Some((_, source)) = messages.last_mut() {
                    source.push('\n');
                    source.push_str(line);
                }
            }
            _ => {}
        }
    }
    messages.sort_unstable();
    let mut packed = String::new();
    for (name, source) in &messages {
        pack_text(name, &mut packed);
        packed.push('s');
        pack_text(source.trim_end(), &mut packed);
    }
    Ok(packed)
}

/// The body of a table.
fn pack_table(table: &DeTable<'_>, packed: &mut String) -> Result<(), String> {
    for (key, value) in table {
        pack_text(key.get_ref(), packed);
        pack(value.get_ref(), packed)?;
    }
    Ok(())
}

fn pack(value: &DeValue<'_>, packed: &mut String) -> Result<(), String> {
    match value {
        DeValue::String(text) => {
            packed.push('s');
            pack_text(text, packed);
        }
        DeValue::Integer(number) => {
            packed.push('i');
            pack_text(number.as_str(), packed);
        }
        DeValue::Boolean(yes) => packed.push(if *yes { 't' } else { 'f' }),
        DeValue::Array(items) => {
            let mut body = String::new();
            items.iter().try_for_each(|item| pack(item.get_ref(), &mut body))?;
            packed.push('l');
            pack_text(&body, packed);
        }
        DeValue::Table(table) => {
            let mut body = String::new();
            pack_table(table, &mut body)?;
            packed.push('o');
            pack_text(&body, packed);
        }
        DeValue::Float(_) | DeValue::Datetime(_) => return Err(format!("a {} is no value of a preset", value.type_str())),
    }
    Ok(())
}

/// A length and the text.
fn pack_text(text: &str, packed: &mut String) {
    let mut rest = text.len();
    loop {
        let low = u8::try_from(rest & 63).unwrap_or_default();
        rest >>= 6;
        packed.push(char::from(if rest > 0 { low | 64 } else { low }));
        if rest == 0 {
            break;
        }
    }
    packed.push_str(text);
}
