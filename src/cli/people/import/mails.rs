//! Sent mail out of files: read by one thread, taken apart by as many as there are processors, learnt by one; bounded queues
//! between them keep memory flat.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::super::super::inputs::{self, Input};
use super::super::super::progress::Progress;
use super::super::super::sources::{Mine, outline};
use super::super::Desk;
use super::{BATCH, Count};
use crate::correspondents::Outline;
use crate::output::Unreadable;
use crate::store::StoreError;

impl Desk<'_> {
    pub(super) fn import_mails(&self, paths: &[PathBuf], mine: &Mine, count: &mut Count) -> Result<(), StoreError> {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let (raw_sender, raw) = mpsc::sync_channel::<Input>(workers * 4);
        let (outline_sender, outlines) = mpsc::sync_channel::<Result<Outline, Unreadable>>(BATCH);
        let raw = Arc::new(Mutex::new(raw));
        let problems = RefCell::new(Vec::new());
        let outcome = thread::scope(|scope| {
            for _ in 0..workers {
                let (raw, outlines) = (Arc::clone(&raw), outline_sender.clone());
                scope.spawn(move || take_apart(&raw, outlines));
            }
            // Or a thread would wait for others that have ended.
            drop((raw, outline_sender));
            let learner = scope.spawn(move || self.learn_all(outlines, mine));
            let mut progress = Progress::new(self.lang);
            let mut number = 0;
            let mut take = |input: Input| {
                number += 1;
                progress.tick(number);
                // Workers stop before the end only if the learner could not go on, and then its error is told.
                let _ = raw_sender.send(input);
            };
            inputs::read_all(paths, &mut take, &mut |problem| problems.borrow_mut().push(problem));
            drop(raw_sender);
            progress.done();
            learner.join().expect("learning ends in order")
        });
        let learnt = outcome?;
        count.learnt += learnt.learnt;
        count.known += learnt.known;
        count.others += learnt.others;
        count.problems.extend(problems.into_inner().into_iter().chain(learnt.problems));
        Ok(())
    }

    fn learn_all(&self, outlines: Receiver<Result<Outline, Unreadable>>, mine: &Mine) -> Result<Count, StoreError> {
        let mut count = Count::default();
        let mut batch = Vec::new();
        for outline in outlines {
            match outline {
                Ok(outline) => batch.extend(count.own(mine, outline)),
                Err(problem) => count.problems.push(problem),
            }
            if batch.len() >= BATCH {
                self.learn(std::mem::take(&mut batch), &mut count)?;
            }
        }
        self.learn(batch, &mut count)?;
        self.learn_newest(&mut count)?;
        Ok(count)
    }
}

fn take_apart(raw: &Mutex<Receiver<Input>>, outlines: SyncSender<Result<Outline, Unreadable>>) {
    loop {
        // A poisoned lock only says that another worker panicked between two mails.
        let next = raw.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(input) = next else { return };
        let outline = outline(&input.path, &input.raw);
        if outlines.send(outline).is_err() {
            return;
        }
    }
}
