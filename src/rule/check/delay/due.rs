//! By when a quoted mail asked for its answer, and from when on.

use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;

use super::answered::Answered;
use crate::rule::check::date::days_told;
use crate::rule::reading::sentence;
use crate::rule::words::{Words, overlapped};

/// The words that make a day in a quoted mail a deadline, or an appointment for the answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Terms {
    /// Right in front of a day, or right behind it: the answer is wanted by then.
    by: Words,
    until: Words,
    /// In the sentence of a deadline: something is asked for.
    asks: Words,
    /// … or it is the writer's own business.
    theirs: Words,
    /// In the sentence of a day without any of these: an answer is wanted on that day.
    wants: Words,
    /// Right in front of a day, or right behind it: the answer is not wanted before.
    after: Words,
    from: Words,
}

/// When an answer is wanted.
#[derive(Debug, Default)]
pub(super) struct Due {
    /// The latest deadline, and its words in the folded quoted text.
    pub(super) by: Option<(Date, Range<usize>)>,
    /// The day from which on it is wanted.
    pub(super) from: Option<Date>,
}

/// A time of day and the like may stand between a day and its word. In bytes.
const IN_FRONT: usize = 14;
const BEHIND: usize = 24;

impl Terms {
    pub(super) fn words(&mut self) -> Vec<&mut Words> {
        vec![
            &mut self.by,
            &mut self.until,
            &mut self.asks,
            &mut self.theirs,
            &mut self.wants,
            &mut self.after,
            &mut self.from,
        ]
    }

    /// Whether there may be a deadline in what is quoted.
    pub(super) fn may_tell(&self, quoted: impl Fn(&Words) -> bool) -> bool {
        quoted(&self.asks) && [&self.by, &self.until, &self.wants].into_iter().any(quoted)
    }

    /// `written` is the day of the quoted mail; sentences of courtesy set no day.
    pub(super) fn read(&self, mail: &Answered<'_>, written: Date, courtesy: &[Range<usize>]) -> Due {
        let found = |words: &Words| mail.hits(words);
        let (by, until, after, from) = (found(&self.by), found(&self.until), found(&self.after), found(&self.from));
        let (asks, theirs, wants) = (found(&self.asks), found(&self.theirs), found(&self.wants));
        let mut due = Due::default();
        let mut seen = 0;
        for hit in in_order([&by, &until, &after, &from, &wants]) {
            let line = sentence(mail.quoted(), hit.clone());
            let touched = |words: &[Range<usize>]| near(words, &line);
            if line.start < seen || !touched(&asks) || touched(courtesy) || touched(&theirs) && !touched(&wants) {
                continue;
            }
            seen = line.end;
            let wanted = touched(&wants);
            let mut last_end = None;
            for told in days_told(&mail.quoted()[line.clone()], written) {
                let day = line.start + told.range.start..line.start + told.range.end;
                let in_front = day.start.saturating_sub(IN_FRONT).max(line.start)..day.start;
                let behind = day.start..(day.end + BEHIND).min(line.end);
                // "by Tuesday or Wednesday", "by close of business on Friday".
                let goes_on = last_end.is_some_and(|end| day.start <= end + IN_FRONT);
                let ends = near(&until, &behind);
                let is_later = near(&after, &in_front) || !ends && near(&from, &(day.end..day.end + 1));
                if is_later {
                    due.from = due.from.max(Some(told.day));
                } else if goes_on || near(&by, &in_front) || ends || wanted {
                    last_end = Some(day.end);
                    if due.by.as_ref().is_none_or(|(known, _)| *known <= told.day) {
                        due.by = Some((told.day, day));
                    }
                }
            }
        }
        due
    }
}

fn near(words: &[Range<usize>], window: &Range<usize>) -> bool {
    overlapped(words, window, Clone::clone)
}

fn in_order(lists: [&Vec<Range<usize>>; 5]) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = lists.into_iter().flatten().cloned().collect();
    all.sort_by_key(|range| range.start);
    all
}
