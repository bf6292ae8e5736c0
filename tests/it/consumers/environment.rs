//! Environment files, as shells and libraries read them.

use super::*;

#[test]
fn shells_read_what_was_written() {
    let shells = ["dash", "bash", "busybox"];
    for target in ["dotenv", "dotenv-sh"] {
        let carried = carried(target, |_| ());
        let folder = tempfile::tempdir().unwrap();
        let paths = write_all(folder.path(), carried.iter().map(|(_, files)| files[0].clone()));
        for shell in shells {
            let applet: &[&str] = if shell == "busybox" { &["sh"] } else { &[] };
            if !is_installed(shell, &[applet, &["-c", "true"]].concat()) {
                continue;
            }
            // One shell for all: each file is read in a subshell of its own.
            let script = r#"for file in "$@"; do (. "$file"; printf '%s\0' "$SMTP_PASSWORD" "$SMTP_FROM_NAME"); done"#;
            let mut command = Command::new(shell);
            command.args(applet).args(["-c", script, "sh"]).args(&paths).env_clear();
            let text = output(&mut command);
            let read: Vec<&str> = text.split_terminator('\0').collect();
            assert_eq!(read.len(), carried.len() * 2);
            for (read, (password, _)) in read.chunks(2).zip(&carried) {
                assert_eq!(read, [password, "Ops & Söhne"], "{target} {shell}");
            }
        }
    }
}

#[test]
fn node_reads_what_was_written() {
    let script = "const out = process.argv.slice(1).map(f => require('util').parseEnv(require('fs')\
                  .readFileSync(f, 'utf8')).SMTP_PASSWORD); process.stdout.write(JSON.stringify(out))";
    if !is_installed("node", &["-e", "require('util').parseEnv('')"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let carried = ["dotenv", "node-env"].map(|target| {
        let carried = carried(target, |_| ());
        let paths = write_all(folder.path(), carried.iter().map(|(_, files)| files[0].clone()));
        let read: Vec<String> =
            serde_json::from_str(&output(Command::new("node").args(["-e", script]).args(&paths))).unwrap();
        for (read, (password, _)) in read.iter().zip(&carried) {
            assert_eq!(read, password);
        }
        (paths, carried)
    });
    let (paths, carried) = &carried[1];
    // The same parser behind its flag.
    let environment = format!("--env-file={}", paths[3].display());
    let read = output(Command::new("node").args([&environment, "-p", "process.env.SMTP_PASSWORD"]));
    assert_eq!(read.strip_suffix('\n'), Some(carried[3].0.as_str()));
}

#[test]
fn python_dotenv_reads_what_was_written() {
    if !is_installed(PYTHON, &["-c", "import dotenv"]) {
        return;
    }
    let script = "import sys, json, dotenv\n\
                  print(json.dumps([dotenv.dotenv_values(f)['SMTP_PASSWORD'] for f in sys.argv[1:]]))";
    let folder = tempfile::tempdir().unwrap();
    for target in ["dotenv", "python-dotenv"] {
        let carried = carried(target, |_| ());
        let paths = write_all(folder.path(), carried.iter().map(|(_, files)| files[0].clone()));
        let read: Vec<String> =
            serde_json::from_str(&output(Command::new(PYTHON).args(["-c", script]).args(&paths))).unwrap();
        for (read, (password, _)) in read.iter().zip(&carried) {
            assert_eq!(read, password, "{target}");
        }
    }
}

#[test]
fn dotenvy_reads_what_was_written() {
    for target in ["dotenv", "dotenvy"] {
        for (password, files) in carried(target, |_| ()) {
            let read: Vec<(String, String)> = dotenvy::from_read_iter(files[0].as_bytes()).map(Result::unwrap).collect();
            let found = read.iter().find(|(key, _)| key == "SMTP_PASSWORD").map(|(_, value)| value.as_str());
            assert_eq!(found, Some(password.as_str()), "{target}");
        }
    }
    // All that somebody has in a file beside ours it goes on reading.
    for sample in targets::samples("dotenvy") {
        let read = |text: &str| -> Vec<(String, String)> {
            dotenvy::from_read_iter(text.as_bytes())
                .map(Result::unwrap)
                .filter(|(key, _)| !key.starts_with("SMTP"))
                .collect()
        };
        let merged = over("dotenvy", &sample.text);
        assert_eq!(read(&merged), read(&sample.text), "{}", sample.name);
    }
}

/// Compose itself is left out where it is not installed; its library's parser was run by hand over the same files.
#[test]
fn docker_compose_reads_what_was_written() {
    if !is_installed("docker", &["compose", "version"]) {
        return;
    }
    for target in ["dotenv", "compose-env"] {
        compose_reads(target);
    }
}

fn compose_reads(target: &str) {
    let folder = tempfile::tempdir().unwrap();
    let carried = carried(target, |_| ());
    let paths = write_all(folder.path(), carried.iter().map(|(_, files)| files[0].clone()));
    // One service for each file: one run reads them all.
    let services: String =
        (0..paths.len()).map(|index| format!("  s{index}:\n    image: x\n    env_file: [\"{index}.env\"]\n")).collect();
    fs::write(folder.path().join("compose.yml"), format!("services:\n{services}")).unwrap();
    let mut command = Command::new("docker");
    command.args(["compose", "config", "--format", "json"]).current_dir(folder.path());
    let read: serde_json::Value = serde_json::from_str(&output(&mut command)).unwrap();
    for (index, (password, _)) in carried.iter().enumerate() {
        // `config` prints what can be read again, with its own dollar signs doubled.
        let found = read["services"][format!("s{index}")]["environment"]["SMTP_PASSWORD"].as_str().unwrap();
        assert_eq!(found.replace("$$", "$"), *password);
    }
}
