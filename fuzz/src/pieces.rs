//! In what pieces a stream comes: the first bytes of the input say it.

/// How many sizes of pieces an input may name.
const SIZES_MAX: u8 = 7;

/// An input, taken apart: a byte of choices, up to [`SIZES_MAX`] sizes, the stream.
///
/// The lowest three bits of the first byte say how many sizes follow; so a `0` or a `@` in front of
/// a text is enough to make a seed of it.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    choices: u8,
    sizes: &'a [u8],
    /// What the peer sends.
    pub(crate) stream: &'a [u8],
}

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        let (&choices, rest) = bytes.split_first()?;
        let count = usize::from(choices & SIZES_MAX).min(rest.len());
        let (sizes, stream) = rest.split_at(count);
        Some(Input {
            choices,
            sizes,
            stream,
        })
    }

    /// One of the five choices that a target may leave to the input.
    pub(crate) fn chooses(self, bit: u8) -> bool {
        self.choices & (SIZES_MAX + 1) << bit != 0
    }

    /// The stream in pieces of the sizes that the input names, over and over; else all of it.
    pub(crate) fn pieces(self) -> Vec<&'a [u8]> {
        let sizes = self.sizes.iter().map(|&size| usize::from(size) + 1);
        let mut sizes = sizes.cycle();
        let mut rest = self.stream;
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let size = sizes.next().unwrap_or(rest.len()).min(rest.len());
            let (piece, after) = rest.split_at(size);
            pieces.push(piece);
            rest = after;
        }
        pieces
    }
}
