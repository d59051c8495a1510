//! The files of a tree are hashed on rayon, and by the lesson's parallel map. One that can't be read moves nothing.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use parallel_map_solution::parallel_map;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use walkdir::WalkDir;

/// What became of each file, in the order of the paths.
type Hashes = Vec<Result<String, io::ErrorKind>>;

/// The SHA-256 of a file, in hexadecimal digits.
fn hash(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A tree of files of very different sizes.
fn tree() -> io::Result<TempDir> {
    let tree = tempfile::tempdir()?;
    for file in 0..120_usize {
        let folder = tree.path().join(format!("{:02}", file % 8));
        fs::create_dir_all(&folder)?;
        // From a line to 40 kB.
        let text = format!("file {file}\n").repeat(1 + file.pow(3) / 400);
        fs::write(folder.join(format!("{file:03}.txt")), text)?;
    }
    Ok(tree)
}

/// The files below a folder, in the order of their paths.
fn files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = WalkDir::new(root).sort_by_file_name().into_iter();
    let files = entries.filter(|entry| entry.as_ref().map_or(true, |entry| entry.file_type().is_file()));
    files.map(|entry| Ok(entry?.into_path())).collect()
}

// ANCHOR: rayon
/// The crate that people use for this: a hash or an error for each path, in the order of the paths.
fn on_rayon(paths: &[PathBuf]) -> Hashes {
    paths.par_iter().map(|path| hash(path).map_err(|error| error.kind())).collect()
}
// ANCHOR_END: rayon

// ANCHOR: workers
/// The lesson's function. What waits for a disk may have more workers than there are processors.
fn on_workers(paths: &[PathBuf]) -> Hashes {
    let workers = 2 * thread::available_parallelism().map_or(1, |processors| processors.get());
    parallel_map(paths.iter().collect(), workers, |path: &PathBuf| hash(path).map_err(|error| error.kind()))
}
// ANCHOR_END: workers

// ANCHOR: gap
/// The lesson's bug: what can't be read is left out, and the list is shorter than that of the paths.
fn with_a_gap(paths: &[PathBuf]) -> Vec<String> {
    paths.par_iter().filter_map(|path| hash(path).ok()).collect()
}
// ANCHOR_END: gap

/// The paths beside which there is a hash that is not that of the file.
fn under_the_wrong_path<'a>(paths: &'a [PathBuf], hashes: &[String]) -> Vec<&'a Path> {
    let pairs = paths.iter().zip(hashes);
    let wrong = pairs.filter(|(path, listed)| hash(path).ok().as_ref() != Some(*listed));
    wrong.map(|(path, _)| path.as_path()).collect()
}

fn main() -> io::Result<()> {
    let tree = tree()?;
    let paths = files(tree.path())?;
    let timed = |what: &str, hash_all: &dyn Fn(&[PathBuf]) -> Hashes| {
        let start = Instant::now();
        let hashes = hash_all(&paths);
        println!("{what:30} {} files in {:4} ms", hashes.len(), start.elapsed().as_millis());
        hashes
    };
    let one_by_one = |paths: &[PathBuf]| {
        paths.iter().map(|path| hash(path).map_err(|error| error.kind())).collect::<Vec<_>>()
    };
    let wanted = timed("one after the other", &one_by_one);
    let same = timed("on rayon", &on_rayon) == wanted && timed("with parallel_map", &on_workers) == wanted;
    println!("{}", if same { "the same hashes, in the same order" } else { "the lists differ" });

    let gone = &paths[paths.len() / 2];
    fs::remove_file(gone)?;
    println!("\n{} is gone.", gone.strip_prefix(tree.path()).unwrap_or(gone).display());
    let failed = on_workers(&paths).iter().filter(|hash| hash.is_err()).count();
    println!("a result for each path: {failed} error, and every hash beside its file");
    let wrong = under_the_wrong_path(&paths, &with_a_gap(&paths)).len();
    println!("left out:               {wrong} hashes beside the wrong file");
    Ok(())
}

#[test]
fn rayon_and_the_lessons_function_give_the_same_hashes_in_the_order_of_the_paths() {
    let tree = tree().unwrap();
    // What is known of it from elsewhere: this is the example of the standard, FIPS 180-2.
    fs::write(tree.path().join("abc"), "abc").unwrap();
    let paths = files(tree.path()).unwrap();
    assert_eq!(paths.len(), 121);
    let hashes = on_rayon(&paths);
    assert_eq!(on_workers(&paths), hashes);
    let hashes: Vec<String> = hashes.into_iter().collect::<Result<_, _>>().unwrap();
    assert!(under_the_wrong_path(&paths, &hashes).is_empty());
    let abc = paths.iter().position(|path| path.ends_with("abc")).unwrap();
    assert_eq!(hashes[abc], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn a_file_that_cannot_be_read_moves_no_other_hash() {
    let tree = tree().unwrap();
    let paths = files(tree.path()).unwrap();
    fs::remove_file(&paths[40]).unwrap();
    for hashes in [on_rayon(&paths), on_workers(&paths)] {
        assert_eq!(hashes.len(), paths.len());
        for (place, (path, listed)) in paths.iter().zip(hashes).enumerate() {
            match listed {
                Err(kind) => assert_eq!((place, kind), (40, io::ErrorKind::NotFound)),
                Ok(listed) => assert_eq!(listed, hash(path).unwrap()),
            }
        }
    }
}

#[test]
fn a_hash_that_is_left_out_puts_all_later_ones_under_the_wrong_path() {
    let tree = tree().unwrap();
    let paths = files(tree.path()).unwrap();
    assert!(under_the_wrong_path(&paths, &with_a_gap(&paths)).is_empty(), "all can be read");
    fs::remove_file(&paths[40]).unwrap();
    let wrong = under_the_wrong_path(&paths, &with_a_gap(&paths));
    // From the missing one to the last that has a hash at all.
    assert_eq!(wrong, paths[40..119].iter().map(PathBuf::as_path).collect::<Vec<_>>());
}
