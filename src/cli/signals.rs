//! Signals that ask the program to end: noted, so that `apply` cleans up before it does.

#[cfg(unix)]
mod unix {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use std::process::Child;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, OnceLock};

    static CAUGHT: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

    /// From now on these signals no longer end the program; [`caught`] names the last one.
    pub(crate) fn catch() {
        let caught = CAUGHT.get_or_init(Arc::default);
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            if let Ok(number) = usize::try_from(signal) {
                // Where it cannot be caught it ends the program as ever.
                let _ = signal_hook::flag::register_usize(signal, Arc::clone(caught), number);
            }
        }
    }

    /// The number of the last signal that was caught.
    pub(crate) fn caught() -> Option<u8> {
        let number = CAUGHT.get()?.load(Ordering::Relaxed);
        u8::try_from(number).ok().filter(|number| *number != 0)
    }

    /// Sends a signal on to a process that was not waited for yet.
    pub(crate) fn pass_on(number: u8, child: &Child) {
        use rustix::process::{Pid, Signal, kill_process};
        let signal = match i32::from(number) {
            SIGINT => Signal::INT,
            SIGHUP => Signal::HUP,
            _ => Signal::TERM,
        };
        let _ = kill_process(Pid::from_child(child), signal);
    }
}

#[cfg(not(unix))]
mod elsewhere {
    pub(crate) fn catch() {}

    pub(crate) fn caught() -> Option<u8> {
        None
    }

    pub(crate) fn pass_on(_: u8, _: &std::process::Child) {}
}

#[cfg(not(unix))]
pub(crate) use elsewhere::{catch, caught, pass_on};
#[cfg(unix)]
pub(crate) use unix::{catch, caught, pass_on};

/// The exit code of a program that a signal ended, as shells have it.
pub(crate) fn exit_code(number: u8) -> u8 {
    128_u8.saturating_add(number)
}
