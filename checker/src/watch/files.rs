//! Noticing that the exercise's own sources were saved, and nothing else.

use crate::course::Exercise;
use anyhow::{Context, Result};
use notify::{Config, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::time::Duration;

/// Where the system can't tell us, we look so often.
const LOOK: Duration = Duration::from_millis(300);

/// Sends a `()` for each change below the exercise's `src/` while it is alive.
pub struct Files {
    _watcher: Box<dyn Watcher>,
}

impl Files {
    pub fn watch(root: &Path, exercise: &Exercise, saved: &Sender<()>) -> Result<Files> {
        let dir = root.join(&exercise.dir);
        let sources = dir.join("src");
        let hear = |saved: Sender<()>| {
            let sources = sources.clone();
            move |event: notify::Result<Event>| {
                if event.is_ok_and(|event| is_save(&event, &sources)) {
                    // If nobody listens any more, we are about to be dropped.
                    let _ = saved.send(());
                }
            }
        };
        let recommended = || -> notify::Result<Box<dyn Watcher>> {
            let mut watcher = RecommendedWatcher::new(hear(saved.clone()), Config::default())?;
            // Its whole folder: `src/` itself may be replaced.
            watcher.watch(&dir, RecursiveMode::Recursive)?;
            Ok(Box::new(watcher))
        };
        let polling = || -> notify::Result<Box<dyn Watcher>> {
            let config = Config::default().with_poll_interval(LOOK);
            let mut watcher = PollWatcher::new(hear(saved.clone()), config)?;
            watcher.watch(&sources, RecursiveMode::Recursive)?;
            Ok(Box::new(watcher))
        };
        let watcher = recommended().or_else(|_| polling());
        let watcher = watcher.with_context(|| {
            format!("could not watch {}; press r after saving", exercise.dir.join("src").display())
        })?;
        Ok(Files { _watcher: watcher })
    }
}

fn is_save(event: &Event, sources: &Path) -> bool {
    let is_source = |path: &PathBuf| {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        path.starts_with(sources) && path.extension().is_some_and(|it| it == "rs") && !hidden
    };
    let changes = matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_));
    changes && event.paths.iter().any(is_source)
}
