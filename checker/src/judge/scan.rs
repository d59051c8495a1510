//! What can be told of a program from the words in it.

/// The line, counted from 1, of a `static` whose contents can't be made afresh for each schedule, and the type that is why.
///
/// The libraries' atomics have the layout of the real ones, with no room to remember what they were made with.
pub fn outliving(source: &str) -> Option<(usize, &'static str)> {
    let mut first_line = 1;
    // Each byte is looked at a few times, whatever the source looks like.
    for item in source.split_inclusive(';') {
        let lazily = item.find("thread_local!").unwrap_or(item.len());
        let found = item[..lazily].split_inclusive('\n').enumerate().find_map(|(index, line)| {
            // Not `'static `, not in a comment, and not in a `thread_local!`.
            let code = line.split("//").next().unwrap_or_default();
            let starts = code.match_indices("static ").map(|(at, _)| at);
            let start = starts.into_iter().find(|at| !code[..*at].ends_with('\''))?;
            Some((index, item_offset(item, line) + start))
        });
        if let Some((index, start)) = found {
            let declared = item[start..].split('=').next().unwrap_or_default();
            let behind_a_lock =
                words(declared).any(|word| ["LazyLock", "OnceLock", "Mutex", "RwLock"].contains(&word));
            let kept =
                ["AtomicCell", "SegQueue"].into_iter().find(|kept| words(declared).any(|word| word == *kept));
            if let Some(kept) = kept.filter(|_| !behind_a_lock) {
                return Some((first_line + index, kept));
            }
        }
        first_line += item.matches('\n').count();
    }
    None
}

/// Where `part` begins in `item`, of which it is a piece.
fn item_offset(item: &str, part: &str) -> usize {
    part.as_ptr().addr() - item.as_ptr().addr()
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
    fn a_long_source_takes_no_longer_than_its_length() {
        let start = std::time::Instant::now();
        for line in ["static \n", "static ", "// static ", "'static ", "thread_local! static ", "static ;"] {
            assert_eq!(outliving(&line.repeat(400_000)), None, "{line}");
        }
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
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
