//! Bodies of responses: text, and contents of attachments, which are made or read while they are sent.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read as _};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Bytes, Frame, SizeHint};

use super::base64;
use super::model::Made;

/// So much of a file is read at once.
const PIECE: usize = 64 << 10;
/// Lines of base64 in mail are no longer (RFC 2045).
const LINE: usize = 76;

/// What is sent, piece by piece; its length is known from the start.
#[derive(Debug, Default)]
pub(super) struct Body {
    pieces: VecDeque<Piece>,
    left: u64,
}

#[derive(Debug)]
enum Piece {
    Text(String),
    /// In base64, from this block on.
    Made(Made, u64),
    /// As it is in the file.
    File(File),
    /// In lines of 76 characters but for the last, which is so long so far.
    Lines(Box<Body>, usize),
    /// In base64, but for what is left of what came.
    Base64(Box<Body>, Vec<u8>),
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        let mut body = Self::default();
        body.push(text);
        body
    }
}

impl Body {
    pub(super) fn push(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.left += text.len() as u64;
        self.pieces.push_back(Piece::Text(text));
    }

    /// Adds content in base64.
    pub(super) fn push_made(&mut self, made: Made) {
        self.left += base64::length(made.bytes);
        self.pieces.push_back(Piece::Made(made, 0));
    }

    /// Adds a file that has so many bytes.
    pub(super) fn push_file(&mut self, file: File, bytes: u64) {
        self.left += bytes;
        self.pieces.push_back(Piece::File(file));
    }

    /// Adds base64 in lines, the last of which does not end.
    pub(super) fn push_in_lines(&mut self, body: Self) {
        self.left += body.left + body.left / LINE as u64 * 2;
        self.pieces.push_back(Piece::Lines(Box::new(body), 0));
    }

    /// The same in base64.
    pub(super) fn in_base64(body: Self) -> Self {
        let left = base64::length(body.left);
        Self { pieces: [Piece::Base64(Box::new(body), vec![])].into(), left }
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.left += other.left;
        self.pieces.append(&mut other.pieces);
    }

    fn next(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let Some(piece) = self.pieces.front_mut() else {
                return if self.left == 0 { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            };
            let Some(bytes) = piece.next()? else {
                self.pieces.pop_front();
                continue;
            };
            if bytes.is_empty() {
                continue;
            }
            // Not so for a file that grew
            let left = self.left.checked_sub(bytes.len() as u64);
            self.left = left.ok_or(io::ErrorKind::InvalidData)?;
            return Ok(Some(bytes.into()));
        }
    }

    /// All of it.
    #[cfg(test)]
    pub(super) fn text(mut self) -> String {
        let mut text = String::new();
        while let Some(bytes) = self.next().expect("read") {
            text += std::str::from_utf8(&bytes).expect("text");
        }
        text
    }
}

impl Piece {
    /// What follows of it, which may be empty; none at its end.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        Ok(match self {
            Self::Text(text) => Some(std::mem::take(text).into_bytes()).filter(|text| !text.is_empty()),
            Self::Made(made, block) => {
                *block += 1;
                made.base64(*block - 1).map(String::into_bytes)
            }
            Self::File(file) => {
                let mut piece = vec![0; PIECE];
                let read = file.read(&mut piece)?;
                piece.truncate(read);
                Some(piece).filter(|piece| !piece.is_empty())
            }
            Self::Lines(body, column) => body.next()?.map(|bytes| in_lines(&bytes, column)),
            Self::Base64(body, left) => match body.next()? {
                Some(bytes) => {
                    left.extend_from_slice(&bytes);
                    let rest = left.split_off(left.len() - left.len() % 3);
                    Some(base64::encode(&std::mem::replace(left, rest)).into_bytes())
                }
                None if left.is_empty() => None,
                None => Some(base64::encode(&std::mem::take(left)).into_bytes()),
            },
        })
    }
}

/// Ends each line that becomes full; the last one has so many characters so far.
fn in_lines(mut bytes: &[u8], column: &mut usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / LINE * 2 + 2);
    while !bytes.is_empty() {
        let (line, rest) = bytes.split_at(bytes.len().min(LINE - *column));
        out.extend_from_slice(line);
        *column += line.len();
        bytes = rest;
        if *column == LINE {
            out.extend_from_slice(b"\r\n");
            *column = 0;
        }
    }
    out
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(self.next().map(|bytes| bytes.map(Frame::data)).transpose())
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use hyper::body::Body as _;

    use super::*;

    fn file(content: &[u8]) -> File {
        let file = tempfile::NamedTempFile::new().expect("a file");
        file.as_file().write_all(content).expect("written");
        file.reopen().expect("opened")
    }

    #[test]
    fn nothing_is_a_body() {
        assert!(Body::default().is_end_stream());
        assert_eq!(Body::from(String::new()).text(), "");
    }

    #[test]
    fn pieces_come_in_their_order_and_the_length_is_right() {
        let mut body = Body::from("<a>".to_owned());
        body.push_made(Made { bytes: 100_000, seed: 1 });
        body.push("</a><b>");
        let mut more = Body::default();
        more.push_file(file(&b"x".repeat(100_000)), 100_000);
        body.append(more);
        body.push("</b>");
        let length = body.size_hint().exact().expect("known");
        let text = body.text();
        assert_eq!(text.len() as u64, length);
        let (made, kept) = text.split_once("</a><b>").expect("both");
        assert_eq!(made.len(), 3 + 133_336);
        assert!(made.starts_with("<a>MDAw") && kept == format!("{}</b>", "x".repeat(100_000)));
    }

    #[test]
    fn what_is_written_anew_has_the_length_that_was_said() {
        for size in [0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 70_000, 98_304, 98_305] {
            let mut lines = Body::from("<".to_owned());
            let mut content = Body::default();
            content.push_made(Made { bytes: size, seed: 5 });
            lines.push_in_lines(content);
            lines.push(">");
            let body = Body::in_base64(lines);
            let length = body.size_hint().exact().expect("known");
            let text = body.text();
            assert_eq!(text.len() as u64, length, "{size}");
            let mail = String::from_utf8(base64::decode(&text).expect("base64")).expect("text");
            let mail = mail.strip_prefix('<').and_then(|mail| mail.strip_suffix('>')).expect("both");
            assert!(mail.split("\r\n").all(|line| line.len() <= 76), "{size}");
            let mut whole = Body::default();
            whole.push_made(Made { bytes: size, seed: 5 });
            assert!(mail.replace("\r\n", "") == whole.text(), "{size}");
        }
    }

    #[test]
    fn a_file_of_another_length_is_no_short_answer() {
        for (said, error) in [(4, io::ErrorKind::UnexpectedEof), (2, io::ErrorKind::InvalidData)] {
            let mut body = Body::default();
            body.push_file(file(b"abc"), said);
            let end = std::iter::repeat_with(|| body.next()).find_map(Result::err);
            assert_eq!(end.map(|end| end.kind()), Some(error));
        }
    }
}
