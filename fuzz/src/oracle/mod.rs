//! The same bytes read a second time: slowly, all at once, and in as few lines as can be.

pub(crate) mod frames;
pub(crate) mod lines;
pub(crate) mod mask;
pub(crate) mod requests;
