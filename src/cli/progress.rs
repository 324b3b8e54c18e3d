//! How far a long reading has come.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::lang::{Bilingual, Lang};

/// A counter on standard error when there are many mails and somebody watches.
pub(super) struct Progress {
    lang: Lang,
    /// Behind the number.
    what: Bilingual,
    shown: bool,
    terminal: bool,
    last: Instant,
}

impl Progress {
    pub(super) fn new(lang: Lang) -> Progress {
        Progress::of(lang, Bilingual::new("mails read", "通を読み込みました"))
    }

    pub(super) fn judging(lang: Lang) -> Progress {
        Progress::of(lang, Bilingual::new("mails judged", "通を判定しました"))
    }

    fn of(lang: Lang, what: Bilingual) -> Progress {
        Progress { lang, what, shown: false, terminal: io::stderr().is_terminal(), last: Instant::now() }
    }

    pub(super) fn tick(&mut self, number: usize) {
        if !self.terminal || self.last.elapsed() < Duration::from_millis(200) {
            return;
        }
        self.last = Instant::now();
        self.shown = true;
        // Nothing is lost if the terminal does not take it.
        let _ = write!(io::stderr(), "\r{number} {} …", self.what.get(self.lang));
    }

    pub(super) fn done(&self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
