//! An allocator that says no: how it is seen that nothing grows with what a peer merely announces.

use std::alloc::System;
use std::panic;
use std::sync::Once;

use cap::Cap;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// Does something for which so many bytes more than now must do. An allocation beyond that ends the
/// process, at the very line that asked for it.
pub(crate) fn within<T>(bytes: usize, act: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(lift_on_panic);
    limit(MEMORY.allocated().saturating_add(bytes));
    let done = act();
    limit(usize::MAX);
    done
}

/// To say what was found takes memory.
fn lift_on_panic() {
    let say = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        limit(usize::MAX);
        say(info);
    }));
}

fn limit(bytes: usize) {
    assert!(MEMORY.set_limit(bytes).is_ok(), "less than is in use");
}
