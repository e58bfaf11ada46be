//! An allocator that says no: how it is seen that nothing grows with what a peer merely announces.

use std::alloc::System;

use cap::Cap;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// Does something for which so many bytes more than now must do. An allocation beyond that ends the
/// process, at the very line that asked for it.
pub(crate) fn within<T>(bytes: usize, act: impl FnOnce() -> T) -> T {
    limit(MEMORY.allocated().saturating_add(bytes));
    let done = act();
    limit(usize::MAX);
    done
}

fn limit(bytes: usize) {
    assert!(MEMORY.set_limit(bytes).is_ok(), "less than is in use");
}
