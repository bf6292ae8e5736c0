//! Where a text to explain comes from: a file, standard input; unpacked where it is compressed.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use crate::{
    error::{Error, Exit},
    mail::reply::escape,
    packed::{GZIP_MARK, Gunzip},
    phrase,
};

/// How much is read at once.
const BUFFER: usize = 1 << 16;

/// Endings of names that nobody means as a reply.
const ENDINGS: [&str; 8] = ["log", "eml", "txt", "gz", "xz", "zst", "html", "json"];

/// What other kinds of files begin with, their names, and the command that prints the text in them, where there is one.
const FOREIGN: [(&[u8], &str, &str); 8] = [
    (b"\xfd7zXZ\0", "xz", "xz -dc"),
    (b"\x28\xb5\x2f\xfd", "zstd", "zstd -dc"),
    (b"BZh", "bzip2", "bzip2 -dc"),
    (b"PK\x03\x04", "zip", "unzip -p"),
    (b"%PDF-", "PDF", "pdftotext"),
    (b"\x89PNG", "PNG", ""),
    (b"\xff\xd8\xff", "JPEG", ""),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Outlook (.msg)", "msgconvert --outfile -"),
];

/// A text to read, and what is said where it cannot be read to its end.
pub(super) type Source = (Box<dyn BufRead>, Box<dyn Fn(io::Error) -> Error>);

/// Whether what was given for a reply names a file: one that is there, or a word that nobody means as a reply.
pub(super) fn names_a_file(word: &str) -> bool {
    let path = Path::new(word);
    let has_ending = || path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| ENDINGS.contains(&ending));
    let is_word = !word.contains(char::is_whitespace);
    path.is_file() || is_word && (word.starts_with(['/', '~']) || word.starts_with("./") || has_ending())
}

/// Standard input.
///
/// # Errors
/// It is no text, or cannot be read.
pub(super) fn from_stdin() -> Result<Source, Error> {
    let failed = |error| Error::new(Exit::Io, phrase!("cli-input", cause = error));
    unpacked(Box::new(io::stdin().lock()), "FILE", Box::new(failed))
}

/// A file.
///
/// # Errors
/// It is not there, is no text, or cannot be read.
pub(super) fn open(file: &str) -> Result<Source, Error> {
    let name = escape(file);
    let opened = File::open(file)
        .map_err(|error| Error::new(Exit::NoInput, phrase!("explain-file", file = name.clone(), cause = error)))?;
    let shown = name.clone();
    let failed = move |error| Error::new(Exit::Io, phrase!("explain-file", file = name.clone(), cause = error));
    unpacked(Box::new(BufReader::with_capacity(BUFFER, opened)), &shown, Box::new(failed))
}

/// The text in a source.
fn unpacked(mut source: Box<dyn BufRead>, name: &str, failed: Box<dyn Fn(io::Error) -> Error>) -> Result<Source, Error> {
    let head = source.fill_buf().map_err(&failed)?;
    if head.starts_with(&GZIP_MARK) {
        return Ok((Box::new(BufReader::with_capacity(BUFFER, Gunzip::new(source))), failed));
    }
    match FOREIGN.iter().find(|(mark, ..)| head.starts_with(mark)) {
        None => Ok((source, failed)),
        Some((_, kind, command)) => {
            let error = Error::new(Exit::Data, phrase!("explain-no-text", kind = kind));
            Err(match *command {
                "" => error.hint(phrase!("explain-no-text-type")),
                command => {
                    error.hint(phrase!("explain-no-text-unpack", command = format!("{command} {name} | mailsetup explain")))
                }
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_from_a_reply() {
        for file in ["/var/log/nothing", "./x", "~/mail.log", "bounce.eml", "mail.log.2.gz"] {
            assert!(names_a_file(file), "{file}");
        }
        for reply in
            ["535", "ECONNREFUSED", "550 see /var/log/mail.log", "5.7.8", "Error: smtp.example.org", "mx.example.org"]
        {
            assert!(!names_a_file(reply), "{reply}");
        }
    }
}
