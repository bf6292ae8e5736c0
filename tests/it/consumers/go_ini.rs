//! Gitea and Grafana by go-ini itself, the library that both read with, loaded as each loads it.

use super::*;

/// Where Debian's package golang-github-go-ini-ini-dev has it.
const SOURCES: &str = "/usr/share/gocode";

const READER: &str = r#"package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/go-ini/ini"
)

func main() {
	options := ini.LoadOptions{IgnoreContinuation: os.Args[1] == "mailer"}
	found := []string{}
	for _, name := range os.Args[3:] {
		file, err := ini.LoadSources(options, name)
		if err != nil {
			panic(err)
		}
		found = append(found, file.Section(os.Args[1]).Key(os.Args[2]).String())
	}
	out, _ := json.Marshal(found)
	fmt.Println(string(out))
}
"#;

#[test]
fn go_ini_reads_what_was_written() {
    if !Path::new(SOURCES).join("src/github.com/go-ini/ini").is_dir() {
        say_left_out("go-ini's sources are not here");
        return;
    }
    if !is_installed("go", &["version"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (source, reader) = (folder.path().join("main.go"), folder.path().join("reader"));
    fs::write(&source, READER).unwrap();
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&reader).arg(&source).env("GO111MODULE", "off").env("GOPATH", SOURCES);
    output(build.env("GOCACHE", folder.path().join("cache")).env("GOFLAGS", "-mod="));

    let read = |section: &str, key: &str, texts: Vec<String>| -> Vec<String> {
        let paths = write_all(folder.path(), texts);
        serde_json::from_str(&output(Command::new(&reader).args([section, key]).args(&paths))).unwrap()
    };
    let gitea = carried("gitea", |_| ());
    let found = read("mailer", "PASSWD", gitea.iter().map(|(_, files)| files[0].clone()).collect());
    assert!(found.iter().eq(gitea.iter().map(|(password, _)| password)), "{found:?}");
    // Grafana's password is in a file; what else a person types goes through its quoting.
    let names: Vec<String> = passwords().into_iter().filter(|name| name.trim() == name).collect();
    let texts =
        names.iter().map(|name| written("grafana", "x", |order| order.profile.sender.name = Some(name.parse().unwrap())));
    let (names, texts): (Vec<_>, Vec<_>) =
        names.iter().zip(texts).filter_map(|(name, files)| Some((name, files.ok()?[0].clone()))).unzip();
    assert!(names.len() > 250);
    let found = read("smtp", "from_name", texts.clone());
    assert!(found.iter().eq(names), "{found:?}");
    let found = read("smtp", "password", texts);
    assert!(found.iter().all(|value| value == "$__file{/srv/app/mailsetup-smtp-password}"), "{found:?}");
}
