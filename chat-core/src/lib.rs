//! Group chat as a library.
