//! What a panic says: where in mailsetup it was, never its own words. They may hold a file of the person's, or a password.

use std::{
    cell::RefCell,
    io::{self, Write},
    panic::{self, AssertUnwindSafe, PanicHookInfo},
};

thread_local! {
    /// Of a thread whose work is guarded: where its panic was.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on a panic prints a sentence, which is asked for only then, and its place.
pub fn hook(sentence: impl Fn() -> String + Send + Sync + 'static) {
    panic::set_hook(Box::new(move |info| {
        if !note(info) {
            // Standard error may be gone; ignore the error.
            let _ = writeln!(io::stderr().lock(), "mailsetup: {} {}", sentence(), place(info));
        }
    }));
}

/// Keeps the place of a panic for whoever guards the thread; returns whether anybody does.
pub fn note(info: &PanicHookInfo<'_>) -> bool {
    PLACE.with_borrow_mut(|kept| kept.as_mut().map(|kept| *kept = place(info)).is_some())
}

/// The result of work, or where its panic was.
///
/// # Errors
/// The place of the panic: file, line and column of the source.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let outer = PLACE.replace(Some(String::new()));
    // What the work could have left half done is its own, or on the disk, where a journal knows of it.
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    let place = PLACE.replace(outer).unwrap_or_default();
    done.map_err(|_| place)
}

fn place(info: &PanicHookInfo<'_>) -> String {
    info.location().map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_its_place() {
        let before = panic::take_hook();
        hook(String::new);
        let broken = guarded(|| {
            let inner = guarded(|| "geheim".parse::<u8>().unwrap());
            assert!(inner.is_err_and(|place| place.starts_with("src/runner/crash.rs:")));
            "geheim".get(9..).unwrap().len()
        });
        panic::set_hook(before);
        let place = broken.unwrap_err();
        assert!(place.starts_with("src/runner/crash.rs:") && !place.contains("geheim"), "{place}");
        assert_eq!(guarded(|| 7), Ok(7));
    }
}
