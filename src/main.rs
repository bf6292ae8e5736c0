//! mailsetup: gets a server's outgoing mail working, and proves that it works.

fn main() -> std::process::ExitCode {
    mailsetup::cli::main()
}
