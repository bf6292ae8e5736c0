//! Reads gzip (RFC 1952), in which logs are kept once they are rotated.

use std::io::{self, BufRead, Read};

use miniz_oxide::{
    DataFormat, MZError, MZFlush, MZStatus,
    inflate::stream::{InflateState, ZeroReset, inflate},
};

/// What a file of this kind begins with: its mark, and DEFLATE, the only method there is (RFC 1952, 2.3.1).
pub(crate) const GZIP_MARK: [u8; 3] = [0x1f, 0x8b, 8];

/// How long a header is before what it may have besides, and how long the checksum and the size at the end are.
const HEADER: usize = 10;
const TRAILER: usize = 8;

/// Bits of a header: it has a checksum, further fields, a file's name, a remark.
const HAS_CHECKSUM: u8 = 1 << 1;
const HAS_FIELDS: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_REMARK: u8 = 1 << 4;

/// The text in a gzip file, all its members one after the other. Checksums are not looked at.
pub(crate) struct Gunzip<R> {
    source: R,
    state: Box<InflateState>,
    is_inside: bool,
}

impl<R: BufRead> Gunzip<R> {
    /// Reads from a source that begins with [`GZIP_MARK`].
    pub(crate) fn new(source: R) -> Self {
        Self { source, state: Box::new(InflateState::new(DataFormat::Raw)), is_inside: false }
    }

    /// Goes on to the next member's data; whether there is one.
    fn begin(&mut self) -> io::Result<bool> {
        let mut header = [0; HEADER];
        // What stands behind the last member, such as zeros that fill a tape's block, is none.
        if !self.source.fill_buf()?.starts_with(&GZIP_MARK[..1]) {
            return Ok(false);
        }
        self.source.read_exact(&mut header)?;
        if !header.starts_with(&GZIP_MARK) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let has = |bit: u8| header[3] & bit != 0;
        if has(HAS_FIELDS) {
            let mut size = [0; 2];
            self.source.read_exact(&mut size)?;
            self.skip(u16::from_le_bytes(size).into())?;
        }
        for _ in [HAS_NAME, HAS_REMARK].into_iter().filter(|bit| has(*bit)) {
            self.source.skip_until(0)?;
        }
        if has(HAS_CHECKSUM) {
            self.skip(2)?;
        }
        self.state.reset_as(ZeroReset);
        Ok(true)
    }

    fn skip(&mut self, bytes: usize) -> io::Result<()> {
        let mut skipped = self.source.by_ref().take(bytes as u64);
        io::copy(&mut skipped, &mut io::sink()).map(|_| ())
    }
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.is_inside {
                self.is_inside = self.begin()?;
                if !self.is_inside {
                    return Ok(0);
                }
            }
            let packed = self.source.fill_buf()?;
            let is_over = packed.is_empty();
            let step = inflate(&mut self.state, packed, out, MZFlush::None);
            self.source.consume(step.bytes_consumed);
            match step.status {
                Ok(MZStatus::StreamEnd) => {
                    self.skip(TRAILER)?;
                    self.is_inside = false;
                }
                Ok(_) | Err(MZError::Buf) if step.bytes_written == 0 && is_over => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(_) | Err(MZError::Buf) => {}
                Err(_) => return Err(io::ErrorKind::InvalidData.into()),
            }
            if step.bytes_written > 0 {
                return Ok(step.bytes_written);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf 'first\n' | gzip -n`
    const FIRST: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\xcb\x2c\x2a\x2e\xe1\x02\0\x2a\xb3\x4a\xc7\x06\0\0\0";

    fn read(packed: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        // A small buffer has every step begin anew.
        Gunzip::new(io::BufReader::with_capacity(7, packed)).read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn members_are_read_one_after_the_other() {
        let mut named = FIRST.to_vec();
        named[3] = HAS_NAME | HAS_FIELDS | HAS_CHECKSUM;
        named.splice(HEADER..HEADER, *b"\x03\0abcmail.log\0xy");
        let whole = [FIRST, named.as_slice(), b"\0\0\0\0"].concat();
        assert_eq!(read(&whole).unwrap(), "first\nfirst\n");
    }

    #[test]
    fn what_is_cut_or_damaged_is_an_error() {
        assert_eq!(read(&FIRST[..14]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(read(&FIRST[..5]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        let damaged = [&FIRST[..HEADER], &[0xff; 20]].concat();
        assert_eq!(read(&damaged).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
