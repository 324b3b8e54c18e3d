//! A log in memory, to see what is not in it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};

use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// The log of everything in this process: spawned tasks do not inherit a subscriber of one task.
    pub fn of_process() -> Log {
        static LOG: OnceLock<Log> = OnceLock::new();
        let started = LOG.get_or_init(|| {
            let log = Log::default();
            let lines = tracing_subscriber::fmt().with_env_filter("info").with_ansi(false).with_writer(log.clone());
            tracing::subscriber::set_global_default(lines.finish()).unwrap();
            log
        });
        started.clone()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}
