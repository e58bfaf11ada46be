//! What the tests drive programs with.
