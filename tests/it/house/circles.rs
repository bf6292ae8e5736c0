//! Order inside rooms: which file names which, and the circles that are left.
//!
//! A file names another when it uses, by `use` or by a path, something defined there: a name that a parent module re-exports
//! counts for the file that defines it, and a re-export alone does not count for the parent. A child that uses its parent's own
//! types does name the parent. Calls of methods are not seen.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{sources, tokens};

/// The circles that are left, and why they are harmless. The list only shrinks: an entry without a circle fails as well.
const LEFT: &[(&[&str], &str)] = &[
    (&["diagnose.rs", "diagnose/egress.rs", "diagnose/read.rs"], "a room's entry, and two ways to what it returns"),
    (&["runner.rs", "runner/egress.rs", "runner/proof.rs"], "methods of one type in three files, and their data"),
];

/// A module path: `["probe", "survey"]`.
type Module = Vec<String>;

/// One name that a `use` brings in.
struct Import {
    /// The path as it is written, `*` last for everything.
    path: Vec<String>,
    /// The name that it has here.
    name: String,
    is_public: bool,
}

/// A file of the crate.
struct Source {
    file: String,
    module: Module,
    imports: Vec<Import>,
    /// Items defined at any depth.
    defined: BTreeSet<String>,
    /// Paths outside `use`, as they are written; a word alone is a path of one.
    paths: BTreeSet<Vec<String>>,
}

/// The whole crate: its files by module.
struct Crate(BTreeMap<Module, Source>);

impl Source {
    fn read(file: &str, text: &str) -> Self {
        let stem = file.strip_suffix(".rs").unwrap();
        let module = if stem == "lib" { Vec::new() } else { stem.split('/').map(str::to_owned).collect() };
        let mut source =
            Self { file: file.to_owned(), module, imports: Vec::new(), defined: BTreeSet::new(), paths: BTreeSet::new() };
        let tokens = tokens(text);
        let mut at = 0;
        while at < tokens.len() {
            at = match tokens[at] {
                "use" => source.read_use(&tokens, at),
                "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "macro_rules" => {
                    let name = tokens[at + 1..].iter().find(|token| is_name(token)).unwrap();
                    source.defined.insert((*name).to_owned());
                    at + 1
                }
                token if is_name(token) => source.read_path(&tokens, at),
                _ => at + 1,
            };
        }
        source
    }

    /// Reads the `use` that begins at `at` and returns where it ends.
    fn read_use(&mut self, tokens: &[&str], at: usize) -> usize {
        let is_public = at > 0 && matches!(tokens[at - 1], "pub" | ")");
        let end = at + tokens[at..].iter().position(|token| *token == ";").unwrap();
        let mut bases = vec![Vec::new()];
        let mut path: Vec<String> = Vec::new();
        let mut name = None;
        for token in &tokens[at + 1..=end] {
            match *token {
                "{" => {
                    bases.push(path.clone());
                }
                "," | "}" | ";" => {
                    if path.len() > bases.last().unwrap().len() {
                        let is_self = path.last().is_some_and(|last| last == "self");
                        if is_self {
                            path.pop();
                        }
                        let name = name.take().unwrap_or_else(|| path.last().unwrap().clone());
                        self.imports.push(Import { path: path.clone(), name, is_public });
                    }
                    if *token == "}" {
                        let base = bases.pop().unwrap();
                        // The group itself is no path.
                        path.clone_from(&base);
                        path.truncate(bases.last().unwrap().len());
                    } else {
                        path.clone_from(bases.last().unwrap());
                    }
                    name = None;
                }
                "::" => {}
                "as" => name = Some(String::new()),
                word => match &mut name {
                    Some(name) => word.clone_into(name),
                    None => path.push(word.to_owned()),
                },
            }
        }
        end + 1
    }

    /// Reads the path that begins at `at` and returns where it ends.
    fn read_path(&mut self, tokens: &[&str], at: usize) -> usize {
        let is_path = |at: usize| tokens.get(at) == Some(&"::") && tokens.get(at + 1).is_some_and(|next| is_name(next));
        let mut path = vec![tokens[at].to_owned()];
        let mut end = at + 1;
        while is_path(end) {
            path.push(tokens[end + 1].to_owned());
            end += 2;
        }
        let before = if at == 0 { "" } else { tokens[at - 1] };
        // A lower-case word alone is a variable or a field, unless it is called.
        let is_called = tokens.get(end).is_some_and(|next| matches!(*next, "(" | "::" | "!"));
        let counts = path.len() > 1 || is_called || path[0].starts_with(char::is_uppercase);
        if counts && !matches!(before, "." | "fn" | "mod" | "::" | "in") {
            self.paths.insert(path);
        }
        end
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

impl Crate {
    fn read() -> Self {
        let files = sources().into_iter().filter(|(file, _)| file != "main.rs");
        Self(files.map(|(file, text)| Source::read(&file, &text)).map(|source| (source.module.clone(), source)).collect())
    }

    /// The file that defines what `path`, as it is written in `module`, leads to; `None` outside the crate.
    fn definer(&self, module: &Module, path: &[String], depth: usize) -> Option<&Source> {
        let (first, rest) = path.split_first()?;
        if depth > 20 {
            return None;
        }
        match first.as_str() {
            "crate" => self.below(&Vec::new(), rest, depth),
            "self" => self.below(module, rest, depth),
            "super" => self.below(&module[..module.len().checked_sub(1)?].to_vec(), rest, depth),
            "Self" => None,
            _ => self.named(module, first, rest, depth),
        }
    }

    /// The same, for a path that is taken from `module`.
    fn below(&self, module: &Module, path: &[String], depth: usize) -> Option<&Source> {
        match path.split_first() {
            None => self.0.get(module),
            Some((first, rest)) if first == "super" => {
                self.definer(module, &[&["super".to_owned()], rest].concat(), depth + 1)
            }
            Some((first, rest)) => self.named(module, first, rest, depth).or_else(|| self.0.get(module)),
        }
    }

    /// The same, for a name that `module` has by itself, by a child or by a `use`.
    fn named(&self, module: &Module, name: &String, rest: &[String], depth: usize) -> Option<&Source> {
        let source = self.0.get(module)?;
        let child = [&module[..], std::slice::from_ref(name)].concat();
        if self.0.contains_key(&child) && (!rest.is_empty() || !source.imports.iter().any(|import| import.name == *name)) {
            return self.below(&child, rest, depth + 1);
        }
        let import = source.imports.iter().find(|import| import.name == *name && import.path != [name.clone()]);
        if let Some(import) = import {
            return self.definer(module, &[&import.path[..], rest].concat(), depth + 1);
        }
        if source.defined.contains(name) {
            return Some(source);
        }
        source.imports.iter().filter(|import| import.name == "*").find_map(|import| {
            let glob = self.definer(module, &import.path[..import.path.len() - 1], depth + 1)?;
            self.named(&glob.module, name, rest, depth + 1)
        })
    }

    /// Which file names which, and by what word.
    fn arrows(&self) -> BTreeMap<(String, String), String> {
        let mut arrows = BTreeMap::new();
        for source in self.0.values() {
            let mut name = |path: &[String]| {
                let Some(to) = self.definer(&source.module, path, 0) else { return };
                if to.file != source.file && to.file != "lib.rs" {
                    arrows.entry((source.file.clone(), to.file.clone())).or_insert_with(|| path.join("::"));
                }
            };
            for import in source.imports.iter().filter(|import| !import.is_public) {
                name(&import.path);
            }
            for path in &source.paths {
                name(path);
            }
        }
        arrows
    }
}

/// Files that reach each other: each set with more than one of them is a circle.
fn circles(arrows: &BTreeMap<(String, String), String>) -> Vec<Vec<String>> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in arrows.keys() {
        next.entry(from).or_default().push(to);
    }
    let reach = |from: &str| {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut open = vec![from];
        while let Some(file) = open.pop() {
            open.extend(next.get(file).into_iter().flatten().filter(|to| seen.insert(to)));
        }
        seen.into_iter().map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let reached: BTreeMap<&str, BTreeSet<String>> = next.keys().map(|file| (*file, reach(file))).collect();
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for (file, there) in &reached {
        let circle: Vec<_> =
            there.iter().filter(|to| reached.get(to.as_str()).is_some_and(|back| back.contains(*file))).cloned().collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

#[test]
fn files_name_each_other_in_no_circle_but_those_listed() {
    let arrows = Crate::read().arrows();
    let found = circles(&arrows);
    let mut faults = String::new();
    for circle in found.iter().filter(|circle| !LEFT.iter().any(|(files, _)| files == circle)) {
        faults += &format!("\nThese files name each other in a circle:\n    {circle:?}\n");
        for ((from, to), word) in &arrows {
            if circle.contains(from) && circle.contains(to) {
                faults += &format!("    src/{from} names src/{to} by `{word}`\n");
            }
        }
    }
    for (files, _) in LEFT.iter().filter(|(files, _)| !found.iter().any(|circle| files == circle)) {
        faults += &format!("\nThis circle is open now; take it out of LEFT:\n    {files:?}\n");
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn a_path_leads_to_the_file_that_defines_it() {
    let read = |file: &str, text: &str| Source::read(file, text);
    let files = [
        read("lib.rs", "mod room;"),
        read("room.rs", "mod a; mod b; pub use a::{Thing, Other as Renamed}; pub struct Own; fn f(x: Renamed) { b::go() }"),
        read("room/a.rs", "use super::{Own, b::{self, help}}; pub struct Thing; pub struct Other; /* crate::no */"),
        read("room/b.rs", "use crate::room::Thing; pub(in super::super) fn go() { \"super::Own\"; let super_own = 'x'; }"),
    ];
    let arrows = Crate(files.into_iter().map(|source| (source.module.clone(), source)).collect()).arrows();
    let found: Vec<_> = arrows.keys().map(|(from, to)| format!("{from} {to}")).collect();
    assert_eq!(
        found,
        ["room.rs room/a.rs", "room.rs room/b.rs", "room/a.rs room.rs", "room/a.rs room/b.rs", "room/b.rs room/a.rs"]
    );
    assert_eq!(circles(&arrows), [["room.rs", "room/a.rs", "room/b.rs"]]);
}
