//! What can be told of a program from the words in it.

/// The line, counted from 1, of a `static` whose contents can't be made afresh for each schedule, and the type that is why.
///
/// The libraries' atomics have the layout of the real ones, with no room to remember what they were made with.
pub fn outliving(source: &str) -> Option<(usize, &'static str)> {
    let mut place = 0;
    for item in source.split_inclusive(';') {
        let start = item.match_indices("static ").map(|(at, _)| at).find(|at| {
            let line = item[..*at].rsplit('\n').next().unwrap_or_default();
            // Not `'static `, not in a comment, and not in a `thread_local!`.
            !line.ends_with('\'') && !line.contains("//") && !item[..*at].contains("thread_local!")
        });
        if let Some(start) = start {
            let declared = item[start..].split('=').next().unwrap_or_default();
            let behind_a_lock =
                words(declared).any(|word| ["LazyLock", "OnceLock", "Mutex", "RwLock"].contains(&word));
            let kept =
                ["AtomicCell", "SegQueue"].into_iter().find(|kept| words(declared).any(|word| word == *kept));
            if let Some(kept) = kept.filter(|_| !behind_a_lock) {
                return Some((source[..place + start].matches('\n').count() + 1, kept));
            }
        }
        place += item.len();
    }
    None
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_static_of_the_libraries_is_found() {
        let source = "use crossbeam::queue::SegQueue;\n\npub static JOBS: SegQueue<u64> = SegQueue::new();\n";
        assert_eq!(outliving(source), Some((3, "SegQueue")));
        assert_eq!(outliving("fn f() {\n    static N: [AtomicCell<u64>; 1] = N;"), Some((2, "AtomicCell")));
    }

    #[test]
    fn what_can_be_made_afresh_is_let_be() {
        for source in [
            "static N: AtomicUsize = AtomicUsize::new(0);\nfn f() { let q = SegQueue::new(); }",
            "static Q: LazyLock<SegQueue<u64>> = LazyLock::new(SegQueue::new);",
            "fn f(q: &'static SegQueue<u64>) {}",
            "// static Q: SegQueue<u64> = SegQueue::new();",
            "thread_local! { static Q: SegQueue<u64> = SegQueue::new(); }",
        ] {
            assert_eq!(outliving(source), None, "{source}");
        }
    }
}
