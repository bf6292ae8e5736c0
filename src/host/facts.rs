//! Facts about this machine that answers default to.

use std::path::{Path, PathBuf};

use super::files::{accounts, found, tree::FileTree};
use crate::{
    mail::{endpoint::is_full_name, reply::escape},
    plan,
    presets::Catalog,
};

/// What is known of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFacts {
    /// The host's name up to its first dot; `localhost` when it has none.
    pub host_name: String,
    /// Its fully qualified name, where one is found.
    pub full_name: Option<String>,
    /// Whether mailsetup runs as root.
    pub is_root: bool,
    /// Who runs mailsetup; absent when the user has no name here.
    pub user_name: Option<String>,
}

/// What is known of an image's machine: its name is the image's, never this one's. Who runs mailsetup is here.
pub fn facts_below(root: &Path) -> HostFacts {
    let here = facts();
    let whole = rustix::system::uname().nodename().to_string_lossy().into_owned();
    // debootstrap copies this machine's name and resolver into what it makes (its `setup_etc`), and what Debian configures there
    // takes the name on.
    let is_ours = |name: &str| name == whole || name == here.host_name || Some(name) == here.full_name.as_deref();
    let said = found::text_below(Some(root), "etc/hostname");
    let own = said.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    let own = own.filter(|name| !is_ours(name) && !is_ours(short(name)));
    let sources = Sources { resolver: String::new(), ..Sources::below(Some(root)) };
    let full_name = sources.full_name(own.unwrap_or("localhost")).filter(|name| !is_ours(name));
    HostFacts { host_name: own.map_or("localhost", short).to_owned(), full_name, ..here }
}

/// The path of a program in an image, as the image sees it.
pub fn program_below(root: &Path, name: &str) -> Option<PathBuf> {
    let tree = FileTree::below(Some(root));
    let folders = ["/usr/local/bin", "/usr/bin", "/usr/local/sbin", "/usr/sbin", "/bin", "/sbin"];
    let at = |path: &PathBuf| root.join(path.strip_prefix("/").unwrap_or(path));
    let is_run = |path: &PathBuf| tree.stat(&at(path)).ok().flatten().is_some_and(|stat| stat.st_mode & 0o111 != 0);
    folders.iter().map(|folder| Path::new(folder).join(name)).find(is_run)
}

/// Looks at this machine. Reads `/etc/hosts`, `/etc/mailname` and `/etc/resolv.conf`; asks no server.
pub fn facts() -> HostFacts {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let uid = rustix::process::geteuid();
    let full_name = Sources::below(None).full_name(&host);
    HostFacts {
        host_name: short(&host).to_owned(),
        full_name,
        is_root: uid.is_root(),
        user_name: accounts::user_name(None, uid.as_raw()),
    }
}

/// Keys of the targets whose consumer is installed, here or in an image, and can be written by this person.
pub fn installed_targets(catalog: &Catalog, root: Option<&Path>, is_root: bool) -> Vec<String> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).chain(["/usr/sbin".into(), "/sbin".into()]).collect();
    let is_here = |program: &String| match root {
        Some(root) => program_below(root, program).is_some(),
        None => folders.iter().any(|folder| folder.join(program).is_file()),
    };
    let targets = catalog.targets().filter(|target| target.propose && target.program.as_ref().is_some_and(is_here));
    targets.filter(|target| is_root || !target.system_only).map(|target| target.key.clone()).collect()
}

/// Where root's mail goes by `/etc/aliases`, of this machine or below an image's root.
pub fn root_mail(root: Option<&Path>) -> Option<String> {
    plan::root_mail(&found::text_below(root, "etc/aliases"))
}

/// What the machine says of itself: vendor, product and chassis tag from DMI, which often name the hoster. Empty where there is
/// no DMI.
pub fn machine() -> String {
    let read = |name: &str| std::fs::read_to_string(Path::new("/sys/class/dmi/id").join(name)).unwrap_or_default();
    ["sys_vendor", "product_name", "chassis_asset_tag"].map(read).concat()
}

/// The system and its kernel, as `Debian GNU/Linux 13 (trixie), Linux 6.12.1 x86_64`; safe for a terminal.
pub fn system() -> String {
    let release = os_release(None);
    let kernel = rustix::system::uname();
    let [name, release_of_kernel, machine] =
        [kernel.sysname(), kernel.release(), kernel.machine()].map(|word| word.to_string_lossy());
    let kernel = format!("{name} {release_of_kernel} {machine}");
    let all = pretty_name(&release).map_or_else(|| kernel.clone(), |pretty| format!("{pretty}, {kernel}"));
    escape(&all)
}

/// What a system says of itself (os-release(5)), this machine's or an image's below its root.
pub fn os_release(root: Option<&Path>) -> String {
    let said = found::text_below(root, "etc/os-release");
    if said.is_empty() { found::text_below(root, "usr/lib/os-release") } else { said }
}

/// The name that a system gives itself (os-release(5)).
fn pretty_name(release: &str) -> Option<String> {
    let value = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    shlex::split(value)?.into_iter().next().filter(|name| !name.is_empty())
}

/// The files in which a full name may be found.
struct Sources {
    hosts: String,
    mail_name: String,
    resolver: String,
}

impl Sources {
    fn below(root: Option<&Path>) -> Self {
        Self {
            hosts: found::text_below(root, "etc/hosts"),
            mail_name: found::text_below(root, "etc/mailname"),
            resolver: found::text_below(root, "etc/resolv.conf"),
        }
    }

    /// The full name of `host`: itself, its canonical name in `/etc/hosts`, `/etc/mailname`, or with the resolver's domain.
    fn full_name(&self, host: &str) -> Option<String> {
        let own = || Some(host.to_owned());
        let mail_name = || self.mail_name.lines().next().map(|line| line.trim().to_owned());
        let resolved = || domain(&self.resolver).map(|domain| format!("{}.{domain}", short(host)));
        [&own as &dyn Fn() -> Option<String>, &|| canonical(&self.hosts, host), &mail_name, &resolved]
            .iter()
            .filter_map(|source| source())
            .map(|name| name.trim_end_matches('.').to_lowercase())
            .find(|name| is_full_name(name))
    }
}

fn short(host: &str) -> &str {
    host.split('.').next().filter(|label| !label.is_empty()).unwrap_or("localhost")
}

/// The full name on the line of `/etc/hosts` that names `host`: the first name of the line that has a dot.
fn canonical(hosts: &str, host: &str) -> Option<String> {
    hosts.lines().find_map(|line| {
        let names: Vec<&str> = line.split('#').next()?.split_whitespace().skip(1).collect();
        names.iter().any(|name| name.eq_ignore_ascii_case(host)).then_some(())?;
        names.into_iter().find(|name| is_full_name(name)).map(str::to_owned)
    })
}

/// The domain of `resolv.conf`: the last of `domain` and the first word of `search` (resolv.conf(5)).
fn domain(resolver: &str) -> Option<String> {
    let domain = resolver.lines().rev().find_map(|line| {
        let mut words = line.split_whitespace();
        matches!(words.next()?, "domain" | "search").then(|| words.next())?
    })?;
    Some(domain.trim_matches('.').to_owned()).filter(|domain| !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(hosts: &str, mail_name: &str, resolver: &str) -> Sources {
        Sources { hosts: hosts.into(), mail_name: mail_name.into(), resolver: resolver.into() }
    }

    #[test]
    fn the_full_name_comes_from_the_surest_source() {
        let debian = "127.0.0.1\tlocalhost\n127.0.1.1\tweb1.Example.com web1 # own\n";
        assert_eq!(sources(debian, "mail.test\n", "").full_name("web1").as_deref(), Some("web1.example.com"));
        assert_eq!(sources(debian, "", "").full_name("db.example.org").as_deref(), Some("db.example.org"));
        let reversed = "192.0.2.1 web1 web1.example.com\n";
        assert_eq!(sources(reversed, "", "").full_name("web1").as_deref(), Some("web1.example.com"));
        assert_eq!(sources("127.0.1.1 web1\n", "mx.test\n", "").full_name("web1").as_deref(), Some("mx.test"));
        let search = "nameserver 192.0.2.53\nsearch lan.test other.test\n";
        assert_eq!(sources("", "web1\n", search).full_name("web1").as_deref(), Some("web1.lan.test"));
        assert_eq!(sources("", "", "domain a.test\nsearch b.test\n").full_name("w").as_deref(), Some("w.b.test"));
        assert_eq!(sources("127.0.0.1 localhost web1 web1.localdomain\n", "", "search .\n").full_name("web1"), None);
    }

    #[test]
    fn a_system_names_itself() {
        let debian = "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n";
        assert_eq!(pretty_name(debian).as_deref(), Some("Debian GNU/Linux 13 (trixie)"));
        assert_eq!(pretty_name("PRETTY_NAME=Void\n").as_deref(), Some("Void"));
        assert_eq!(pretty_name("ID=x\nPRETTY_NAME=\"\n"), None);
        assert!(!system().is_empty() && !system().contains('\n'));
    }

    #[test]
    fn this_machine_and_an_image() {
        let facts = facts();
        assert!(!facts.host_name.is_empty() && !facts.host_name.contains('.'));
        assert_eq!(facts.is_root, rustix::process::geteuid().is_root());
        let image = tempfile::tempdir().unwrap();
        std::fs::create_dir(image.path().join("etc")).unwrap();
        std::fs::write(image.path().join("etc/mailname"), "image.example.com\n").unwrap();
        assert_eq!(Sources::below(Some(image.path())).full_name("box").as_deref(), Some("image.example.com"));
    }
}
