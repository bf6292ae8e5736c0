//! Settings of applications, as their languages and libraries read them: PHP, Ruby, Java, Python and node.

use super::{data::read_by, *};

#[test]
fn php_reads_constants() {
    if is_installed("php", &["-v"]) {
        // A constant is defined once in a process.
        let script = "function put($k, $v) { $GLOBALS['o'][$k] = $v; } $out = []; foreach (array_slice($argv, 1) as $f) { \
                      $t = preg_replace('/^define\\s*\\(/m', 'put(', substr(file_get_contents($f), 5)); \
                      eval(preg_replace('/^require_once.*$/m', '', $t)); $out[] = $GLOBALS['o']['WPMS_SMTP_PASS']; } \
                      echo json_encode($out);";
        read_by("php", &["-n", "-r", script, "--"], "wordpress", 0);
    }
}

#[test]
fn php_reads_what_a_file_returns() {
    if is_installed("php", &["-v"]) {
        let script = "echo json_encode(array_map(fn ($f) => (include $f)['Password'], array_slice($argv, 1)));";
        read_by("php", &["-n", "-r", script, "--"], "phpmailer", 0);
    }
}

#[test]
fn php_finds_the_program_that_sends() {
    if !is_installed("php", &["-v"]) {
        return;
    }
    let found = |text: &str, name: &str| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("90-mailsetup.ini"), text.replace("zend_extension", "my_extension")).unwrap();
        let script = format!("echo ini_get('{name}');");
        output(Command::new("php").args(["-r", &script]).env("PHP_INI_SCAN_DIR", folder.path()))
    };
    let samples = targets::samples("php").into_iter().map(|sample| sample.text);
    for text in samples.chain([String::new(), "[PHP]\nprecision = 7".to_owned()]) {
        let merged = over("php", &text);
        assert_eq!(found(&merged, "sendmail_path"), "/usr/bin/msmtp -a mailsetup -t", "{merged}");
        assert_eq!(found(&merged, "precision"), found(&text, "precision"), "{merged}");
    }
}

#[test]
fn systemd_takes_what_was_written() {
    if !is_installed("systemd-analyze", &["--version"]) {
        return;
    }
    for sample in targets::samples("systemd-credential") {
        let folder = tempfile::tempdir().unwrap();
        let unit = folder.path().join("app.service");
        fs::write(&unit, "[Service]\nExecStart=/bin/true\n").unwrap();
        fs::create_dir(folder.path().join("app.service.d")).unwrap();
        let merged = over("systemd-credential", &sample.text).replace("/usr/bin/app", "/bin/true");
        let verify = |text: &str| {
            fs::write(folder.path().join("app.service.d/50-mailsetup.conf"), text).unwrap();
            let mut command = Command::new("systemd-analyze");
            let out = command.args(["verify", "--man=no", "--recursive-errors=no"]).arg(&unit).output().unwrap();
            String::from_utf8(out.stderr).unwrap().lines().filter(|line| line.contains("50-mailsetup")).collect::<String>()
        };
        assert!(merged.contains("LoadCredentialEncrypted=mailsetup-default:/etc/mailsetup/profiles/default.cred"));
        assert_eq!(verify(&merged), "", "{}: {merged}", sample.name);
        // It does look there.
        let broken = merged.replace("mailsetup-default:/etc/mailsetup/profiles/default.cred", "a b/c");
        assert!(verify(&broken).contains("50-mailsetup.conf"), "{}", sample.name);
    }
}

/// What launcher, `copy-env` and `GlobalSetting` do to a value is written here after their sources.
#[test]
fn discourse_reads_what_was_written() {
    if !is_installed("ruby", &["-e", "require 'yaml'; require 'json'; require 'erb'"])
        || !is_installed("bash", &["-c", "true"])
    {
        return;
    }
    let script = r##"
        require 'yaml'; require 'json'; require 'erb'; require 'open3'
        by_bash = 'while read i; do [ -z "$i" ] || printf "%s\0" "${i//\{\{config\}\}/app}"; done'
        puts JSON.generate(ARGV.map { |file|
            env = YAML.load(File.read(file, encoding: 'UTF-8'))['env']
            said, = Open3.capture2('bash', '-c', by_bash, stdin_data: env.map { |k, v| "-e\n#{k}=#{v}" }.join("\n") + "\n")
            line = said.force_encoding('UTF-8').split("\0").find { |word| word.start_with?('DISCOURSE_SMTP_PASSWORD=') }
            key, value = line.split('=', 2)
            conf = "#{key[10..].downcase} = '#{value}'"
            ERB.new(conf).result =~ /\A\s*([a-z_]+[a-z0-9_]*)\s*=\s*("([^"]*)"|'([^']*)'|[^#]*)/
            found = ($4 || $3 || $2).strip
            found = found == 'true' if found == 'true' || found == 'false'
            found = $1.to_i if found.to_s.strip =~ /\A(-?[0-9]+)\z/
            found.to_s
        })"##;
    read_by("ruby", &["-e", script], "discourse", 0);
}

#[test]
fn apprise_reads_what_was_written() {
    if !is_installed(PYTHON, &["-c", "import apprise"]) {
        return;
    }
    let script = "import sys, json, apprise\n\
                  def of(f):\n  c = apprise.AppriseConfig(); c.add(f); a = apprise.Apprise(); a.add(c); assert len(a) == 1; mail = a[0]\n  \
                  assert mail.smtp_host == '127.0.0.1' and mail.port == 465 and mail.secure_mode == 'ssl' and mail.verify_certificate\n  \
                  assert mail.user == 'ops@example.com' == mail.from_addr[1] == mail.targets[0][1]\n  return mail.password\n\
                  print(json.dumps([of(f) for f in sys.argv[1:]]))";
    let carried = carried("apprise", |_| ());
    let folder = tempfile::tempdir().unwrap();
    let path = |index: usize| folder.path().join(format!("{index}.conf"));
    for (index, (_, files)) in carried.iter().enumerate() {
        fs::write(path(index), &files[0]).unwrap();
    }
    let paths = (0..carried.len()).map(path);
    let read: Vec<String> = serde_json::from_str(&output(Command::new(PYTHON).args(["-c", script]).args(paths))).unwrap();
    assert!(read.iter().eq(carried.iter().map(|(password, _)| password)));
    for sample in targets::samples("apprise") {
        fs::write(path(0), over("apprise", &sample.text)).unwrap();
        let script = "import sys, apprise\nc = apprise.AppriseConfig(); c.add(sys.argv[1])\na = apprise.Apprise(); a.add(c)\nprint(len(a))";
        let count: usize = output(Command::new(PYTHON).args(["-c", script]).arg(path(0))).trim().parse().unwrap();
        assert!(count > 1, "{}: {count}", sample.name);
    }
}

#[test]
fn phpdotenv_reads_what_was_written() {
    if is_installed("php", &["-r", "require 'Dotenv/autoload.php';"]) {
        // What `env()` of Laravel makes of a value is written here after its source.
        let script = "require 'Dotenv/autoload.php'; function env($v) { switch (strtolower($v)) { \
                      case 'true': case '(true)': return true; case 'false': case '(false)': return false; \
                      case 'empty': case '(empty)': return ''; case 'null': case '(null)': return null; } \
                      return preg_match('/\\A([\\'\"])(.*)\\1\\z/', $v, $m) ? $m[2] : $v; } \
                      echo json_encode(array_map(fn ($f) => \
                      env(Dotenv\\Dotenv::parse(file_get_contents($f))['MAIL_PASSWORD']), array_slice($argv, 1)));";
        read_by("php", &["-r", script, "--"], "laravel", 0);
    }
}

#[test]
fn ruby_reads_what_was_written() {
    if is_installed("ruby", &["-e", "require 'yaml'; require 'json'"]) {
        let script = "require 'json'; require 'yaml'\n\
                      class Config\n  def method_missing(name, *values) = values.empty? ? (@all ||= Hash.new { |h, k| h[k] = {} })[name] : nil\n\
                      def respond_to_missing?(*) = true\nend\n\
                      puts JSON.generate(ARGV.map { |f| c = Config.new; c.instance_eval(File.read(f, encoding: 'UTF-8')); \
                      c.gitlab_rails['smtp_password'] })";
        read_by("ruby", &["-e", script], "gitlab", 0);
    }
    if is_installed("ruby", &["-e", "require 'dotenv'"]) {
        let script = "require 'json'; require 'dotenv'\n\
                      puts JSON.generate(ARGV.map { |f| Dotenv::Parser.call(File.read(f, encoding: 'UTF-8'))['SMTP_PASSWORD'] })";
        for target in ["mastodon", "dotenv"] {
            read_by("ruby", &["-e", script], target, 0);
        }
    }
}

#[test]
fn java_reads_properties() {
    if !is_installed("javac", &["--version"]) {
        return;
    }
    let carried = carried("spring", |_| ());
    let folder = tempfile::tempdir().unwrap();
    let paths = write_all(folder.path(), carried.iter().map(|(_, files)| files[0].clone()));
    let program = folder.path().join("Read.java");
    let source = "import java.io.*; import java.util.*; class Read { public static void main(String[] files) throws Exception { \
                  PrintStream out = new PrintStream(System.out, false, \"UTF-8\"); \
                  for (String file : files) { Properties all = new Properties(); all.load(new FileInputStream(file)); \
                  out.print(all.getProperty(\"spring.mail.password\") + '\\0'); } out.flush(); } }";
    fs::write(&program, source).unwrap();
    let text = output(Command::new("java").arg(&program).args(&paths));
    let read: Vec<&str> = text.split_terminator('\0').collect();
    assert_eq!(read.len(), carried.len());
    for (read, (password, _)) in read.iter().zip(&carried) {
        assert_eq!(read, password);
    }
}

#[test]
fn python_reads_applications() {
    if is_installed(PYTHON, &["-c", "import runpy"]) {
        let script =
            "import sys, json, runpy\nprint(json.dumps([runpy.run_path(f)['MAIL_PASSWORD'] for f in sys.argv[1:]]))";
        read_by(PYTHON, &["-c", script], "flask-mail", 0);
    }
    let load = |load: &str| {
        format!("import sys, json\n{load}\nprint(json.dumps([of(open(f, encoding='utf-8')) for f in sys.argv[1:]]))")
    };
    let json = [
        ("ghost", "['mail']['options']['auth']['pass']"),
        ("keycloak", "['smtpServer']['password']"),
        ("nextcloud-occ", "['system']['mail_smtppassword']"),
        ("nodemailer", "['auth']['pass']"),
    ];
    for (target, way) in json {
        if is_installed(PYTHON, &["-c", "import json"]) {
            read_by(PYTHON, &["-c", &load(&format!("of = lambda f: json.load(f){way}"))], target, 0);
        }
    }
    let yaml = [
        ("kubernetes", "['stringData']['SMTP_PASSWORD']", 0),
        ("home-assistant", "['mailsetup_smtp_password']", 1),
        ("ansible", "['mailsetup_smtp_password']", 0),
    ];
    for (target, way, file) in yaml {
        if is_installed(PYTHON, &["-c", "import yaml"]) {
            let tag = "yaml.SafeLoader.add_constructor('!unsafe', lambda loader, node: loader.construct_scalar(node))";
            let script = load(&format!("import yaml\n{tag}\nof = lambda f: yaml.safe_load(f){way}"));
            read_by(PYTHON, &["-c", &script], target, file);
        }
    }
}

#[test]
fn urls_hold_every_password() {
    if !is_installed("node", &["-e", "require('util').parseEnv('')"]) {
        return;
    }
    for (target, name) in [("smtp-url", "SMTP_URL"), ("symfony", "MAILER_DSN"), ("django-environ", "EMAIL_URL")] {
        let script = format!(
            "const of = f => decodeURIComponent(new URL(require('util').parseEnv(require('fs').readFileSync(f, 'utf8')).{name}).password); \
             process.stdout.write(JSON.stringify(process.argv.slice(1).map(of)))"
        );
        read_by("node", &["-e", &script], target, 0);
    }
}

#[test]
fn himalaya_logs_in_with_what_was_written() {
    if !is_installed("himalaya", &["--version"]) {
        return;
    }
    let relay = relay::Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let (config, program, stored) =
        (folder.path().join("config.toml"), folder.path().join("mail setup"), folder.path().join("secret"));
    fs::write(&program, format!("#!/bin/sh\ncat '{}'\n", stored.display())).unwrap();
    private(&program, 0o700);
    for password in ["p@ss \"w\\ord#1", "it's $5 {x} %s `id`", " both "] {
        for inline_secret in [true, false] {
            let files = written("himalaya", password, |order| {
                order.profile.smtp.port = relay.port.to_string().parse().unwrap();
                order.profile.smtp.security = Security::None;
                order.program = vec![program.display().to_string()];
                order.targets[0].inline_secret = inline_secret;
            });
            fs::write(&config, &files.unwrap()[0]).unwrap();
            fs::write(&stored, format!("{password}\n")).unwrap();
            let mut command = Command::new("himalaya");
            command.arg("-c").arg(&config).args(["message", "send", "-a", "mailsetup", "--no-save", "--"]);
            command.arg("From: ops@example.com\r\nTo: root@example.com\r\nSubject: x\r\n\r\nx\r\n");
            output(command.env("HOME", folder.path()));
            let login = relay.login();
            assert_eq!(login.password, password, "in the file: {inline_secret}");
            assert_eq!(login.username, "ops@example.com");
        }
    }
}
