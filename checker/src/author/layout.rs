//! The files of a new exercise: its parts with places to fill in, which compile, and which the gate counts.

use crate::course::{Course, Exercise, Task};
use crate::files::{read_text, replace};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};

/// Stands where something is still to be written. The gate names each of these places.
pub const OPEN: &str = "TODO:";

/// What cargo or Rust would not take for the name of a crate.
const NOT_NAMES: [&str; 47] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "use",
];
const LONGEST_NAME: usize = 40;

/// An exercise that is to be made.
pub struct New<'a> {
    /// Its chapter: a number, or the folder in `lessons/`.
    pub lesson: &'a str,
    pub name: &'a str,
    pub kind: Task,
}

/// What was made.
pub struct Made {
    pub exercise: PathBuf,
    pub solution: PathBuf,
    /// Whether the workspace names its exercises one by one, so that it names this one, too.
    pub is_named: bool,
}

/// Makes the files of an exercise.
///
/// # Errors
/// If it can't be made as it was asked for; then nothing has changed.
pub fn lay_out(course: &Course, new: &New<'_>) -> Result<Made> {
    let lesson = Lesson::find(&course.root, new.lesson)?;
    is_free(course, new.name)?;
    let exercise = Path::new("exercises").join(&lesson.folder).join(new.name);
    let solution = Path::new("solutions").join(&lesson.folder).join(new.name);
    for dir in [&exercise, &solution] {
        ensure!(
            !course.root.join(dir).exists(),
            "there is already something at {}; choose another name, or remove it",
            dir.display()
        );
    }
    let files = files(course, &lesson, new, &exercise, &solution)?;
    let manifest = course.root.join("Cargo.toml");
    let before = read_text(&manifest)?;
    let after = with_members(&before, model(course, &lesson)?, &exercise, &solution)?;
    let written = files.iter().try_for_each(|(path, text)| write(&course.root.join(path), text));
    let written =
        written.and_then(|()| if after == before { Ok(()) } else { replace(&manifest, after.as_bytes()) });
    if let Err(error) = written {
        for dir in [&exercise, &solution] {
            // What can't be removed is named by the error that is told.
            let _ = fs::remove_dir_all(course.root.join(dir));
        }
        return Err(error.context("the exercise was not made, and nothing has changed"));
    }
    Ok(Made { exercise, solution, is_named: after != before })
}

fn write(path: &Path, text: &str) -> Result<()> {
    let dir = path.parent().unwrap_or(path);
    fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))?;
    fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}

/// A chapter.
struct Lesson {
    number: u32,
    folder: String,
}

impl Lesson {
    fn find(root: &Path, wanted: &str) -> Result<Lesson> {
        let mut all: Vec<Lesson> = Vec::new();
        for entry in
            root.join("lessons").read_dir().context("there is no folder lessons/ in this workbook")?
        {
            let entry = entry?;
            let folder = entry.file_name().to_string_lossy().into_owned();
            let number = folder.split_once('-').and_then(|(number, _)| number.parse().ok());
            if let Some(number) = number.filter(|_| entry.path().join("README.md").is_file()) {
                all.push(Lesson { number, folder });
            }
        }
        all.sort_by_key(|lesson| lesson.number);
        let wanted = wanted.trim_end_matches(['/', '\\']);
        let wanted = wanted.rsplit(['/', '\\']).next().unwrap_or(wanted);
        let told: Vec<&str> = all.iter().map(|lesson| lesson.folder.as_str()).collect();
        let told = told.join(", ");
        let is_it = |it: &Lesson| it.folder == wanted || wanted.parse() == Ok(it.number);
        all.into_iter().find(is_it).with_context(|| {
            format!(
                "there is no lesson `{}`; the lessons are {told}\n\
                 a new lesson begins with its chapter, such as lessons/42-pattern/README.md",
                crate::legible::line(wanted)
            )
        })
    }
}

/// Whether an exercise may have this name.
fn is_free(course: &Course, name: &str) -> Result<()> {
    let told = crate::legible::line(name);
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(fits)
        && !name.ends_with('-')
        && !name.contains("--")
        && name.len() <= LONGEST_NAME;
    ensure!(
        is_name,
        "`{told}` can't be the name of an exercise: write at most {LONGEST_NAME} lower-case letters, digits and \
         single hyphens, with a letter first, such as `print-room`"
    );
    ensure!(!NOT_NAMES.contains(&name), "`{told}` means something to Rust or cargo; choose another name");
    if let Some(other) = course.exercises.iter().find(|other| {
        let former = |it: &String| it == name;
        other.name == name || other.about.formerly.iter().any(former) || other.dir.ends_with(name)
    }) {
        bail!(
            "the name `{told}` is taken: {} has it, or had it before; choose another name",
            other.dir.display()
        );
    }
    // A package of the workspace, or a crate that one of them needs: `cargo test -p` could not tell them apart.
    let lock = read_text(&course.root.join("Cargo.lock")).unwrap_or_default();
    let solution = format!("{name}-solution");
    for taken in lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')) {
        if taken == name || taken == solution {
            bail!("the name `{told}` is taken: this workbook has a crate `{taken}`; choose another name");
        }
    }
    Ok(())
}

/// The exercise whose manifests the new ones are like: one of the same lesson, if it has any.
fn model<'a>(course: &'a Course, lesson: &Lesson) -> Result<&'a Exercise> {
    let whole = |it: &&Exercise| course.root.join(it.solution_dir()).join("Cargo.toml").is_file();
    let mut whole = course.exercises.iter().filter(whole);
    let first = whole.next();
    let same = first.into_iter().chain(whole).find(|it| it.lesson_dir == lesson.folder);
    same.or(first).context("there is no exercise with a solution yet whose manifest a new one could be like")
}

/// Every file with its text, by its path from the root.
fn files(
    course: &Course,
    lesson: &Lesson,
    new: &New<'_>,
    exercise: &Path,
    solution: &Path,
) -> Result<Vec<(PathBuf, String)>> {
    let title = title(new.name);
    let filled = |text: &str| {
        text.replace("{NAME}", new.name)
            .replace("{CRATE}", &new.name.replace('-', "_"))
            .replace("{TITLE}", &title)
            .replace("{LESSON_DIR}", &lesson.folder)
    };
    let model = model(course, lesson)?;
    let of_lesson = course.exercises.iter().filter(|it| it.lesson_dir == lesson.folder);
    let order = of_lesson.map(|it| it.about.order).max().unwrap_or(0) + 1;
    let about = about(new.kind, lesson.number, order, &title);
    let description = format!("Lesson {}: {OPEN} say what it is about", lesson.number);
    let own = read_text(&course.root.join(&model.dir).join("Cargo.toml"))?;
    let own = manifest(&own, new.name, &description, Some(&about));
    let of_solution = read_text(&course.root.join(model.solution_dir()).join("Cargo.toml"))?;
    let description = format!("A solution of {} that tells why", new.name);
    let of_solution = manifest(&of_solution, &format!("{}-solution", new.name), &description, None);
    let stub = match new.kind {
        Task::Repair => include_str!("layout/broken.txt"),
        _ => include_str!("layout/stub.txt"),
    };
    let main = include_str!("layout/main.txt");
    Ok(vec![
        (exercise.join("Cargo.toml"), own),
        (exercise.join("README.md"), filled(include_str!("layout/readme.txt"))),
        (exercise.join("hints.md"), filled(include_str!("layout/hints.txt"))),
        (exercise.join("explanations.md"), filled(include_str!("layout/explanations.txt"))),
        (exercise.join("src/lib.rs"), filled(stub)),
        (exercise.join("src/main.rs"), filled(main)),
        // What `reset` puts back.
        (exercise.join(".stub/lib.rs"), filled(stub)),
        (exercise.join(".stub/main.rs"), filled(main)),
        (exercise.join("tests/checks.rs"), filled(include_str!("layout/checks.txt"))),
        (solution.join("Cargo.toml"), of_solution),
        (solution.join("src/lib.rs"), filled(include_str!("layout/solution.txt"))),
        (solution.join("tests/checks.rs"), filled(include_str!("layout/solution_checks.txt"))),
        (solution.join("accepted/one_way.rs"), filled(include_str!("layout/accepted.txt"))),
        (solution.join("rejected/one_mistake.rs"), filled(include_str!("layout/rejected.txt"))),
    ])
}

/// `print-room` as `Print room`.
fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn about(kind: Task, lesson: u32, order: u32, title: &str) -> String {
    let (word, points, minutes) = match kind {
        Task::WarmUp => ("warm-up", 10, 8),
        Task::Repair => ("repair", 25, 35),
        Task::Build | Task::Documented | Task::Capstone => ("build", 40, 50),
    };
    let mut text = format!(
        "[package.metadata.workbook]\ntitle = \"{title}\"\nlesson = {lesson}\norder = {order}\n\
         # {OPEN} say how many points it is worth, and how many minutes it takes.\n\
         points = {points}\nminutes = {minutes}\nkind = \"{word}\"\n"
    );
    if kind == Task::Repair {
        text += "starts-with = \"clause 1 · finding: wrong-answer\"\n";
    }
    text
}

/// The manifest of another exercise with these names in it, and with `about` in the place of its own table.
fn manifest(model: &str, name: &str, description: &str, about: Option<&str>) -> String {
    let mut text = String::new();
    let mut table = "";
    for line in model.lines() {
        if line.starts_with('[') {
            table = line.trim();
            if let Some(about) = about.filter(|_| table == "[package.metadata.workbook]") {
                text += about;
                text.push('\n');
            }
        }
        let field = line.split_once('=').map(|(field, _)| field.trim());
        match (table, field) {
            ("[package.metadata.workbook]", _) if about.is_some() => continue,
            ("[package]", Some("name")) => text += &format!("name = \"{name}\""),
            ("[package]", Some("description")) => text += &format!("description = \"{description}\""),
            _ => text += line,
        }
        text.push('\n');
    }
    text
}

/// The workspace's manifest with lines for both new packages, in each list that has a line for the model.
fn with_members(text: &str, model: &Exercise, exercise: &Path, solution: &Path) -> Result<String> {
    let line = |path: &Path| format!("    \"{}\",", path.display().to_string().replace('\\', "/"));
    let pairs = [(line(&model.dir), line(exercise)), (line(&model.solution_dir()), line(solution))];
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (model, new) in pairs {
        let lists: Vec<usize> = (0..lines.len()).filter(|index| lines[*index] == model).collect();
        // From the end, so that the places before stay as they are.
        for start in lists.into_iter().rev() {
            // The lines around it that begin as it does are in their order.
            let top = &model[..model.find('/').map_or(model.len(), |end| end + 1)];
            let first = (0..=start).rev().take_while(|index| lines[*index].starts_with(top)).last();
            let first = first.unwrap_or(start);
            let after = (first..lines.len()).take_while(|index| lines[*index].starts_with(top));
            let place = after.filter(|index| lines[*index] < new).last().map_or(first, |index| index + 1);
            lines.insert(place, new.clone());
        }
    }
    let after = lines.join("\n") + "\n";
    toml::from_str::<toml::Value>(&after)
        .context("the workspace's Cargo.toml could not be changed; is it as it was shipped?")?;
    Ok(if lines.len() == text.lines().count() { text.to_owned() } else { after })
}

/// The places in an exercise and its solution where something is still to be written, each with what.
///
/// # Errors
/// If a file can't be read.
pub fn open_places(root: &Path, exercise: &Exercise) -> Result<Vec<String>> {
    let mut places = Vec::new();
    for dir in [&exercise.dir, &exercise.solution_dir()] {
        let files = walkdir::WalkDir::new(root.join(dir)).sort_by_file_name().into_iter();
        // The files in `.stub` are copies.
        let files = files.filter_entry(|entry| entry.file_name() != ".stub");
        for entry in files.filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
            let path = entry.path();
            let ends = |end: &str| path.extension().is_some_and(|it| it == end);
            if !(ends("rs") || ends("md") || ends("toml")) {
                continue;
            }
            for (index, line) in read_text(path)?.lines().enumerate() {
                if let Some((_, what)) = line.split_once(OPEN) {
                    let file = path.strip_prefix(root)?.display();
                    places.push(format!("{file}:{}: {}", index + 1, what.trim().trim_end_matches('"')));
                }
            }
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &str = include_str!("../../../Cargo.toml");

    fn with(name: &str) -> String {
        let model = Exercise {
            dir: "exercises/02-producer-consumer/print-room".into(),
            ..Exercise::sample("print-room")
        };
        let model = Exercise { lesson_dir: "02-producer-consumer".to_owned(), ..model };
        let of = |top: &str| Path::new(top).join("02-producer-consumer").join(name);
        with_members(REAL, &model, &of("exercises"), &of("solutions")).unwrap()
    }

    #[test]
    fn the_workspace_gets_a_line_for_each_package_in_the_order_that_it_has() {
        for name in ["a-first-one", "midway", "zebra"] {
            let after = with(name);
            let count = |text: &str| after.matches(text).count();
            // A stub is no default member.
            assert_eq!(count(&format!("\"exercises/02-producer-consumer/{name}\",\n")), 1);
            assert_eq!(count(&format!("\"solutions/02-producer-consumer/{name}\",\n")), 2);
            for top in ["    \"exercises/", "    \"solutions/"] {
                for list in after.split("members = [").skip(1).map(|it| it.split(']').next().unwrap()) {
                    let own: Vec<&str> = list.lines().filter(|line| line.starts_with(top)).collect();
                    assert!(own.is_sorted(), "{own:#?}");
                }
            }
            let added: Vec<&str> =
                after.lines().filter(|line| !line.contains(&format!("/{name}\""))).collect();
            assert_eq!(added, REAL.lines().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_manifest_is_like_another_one_but_for_its_names() {
        let model = "[package]\nname = \"a\"\ndescription = \"old\"\n\n[package.metadata.workbook]\ntitle = \"A\"\n\
                     formerly = [\"b\"]\n\n[dependencies]\nname = \"1\"\n";
        let made = manifest(model, "c", "new", Some("[package.metadata.workbook]\ntitle = \"C\"\n"));
        let wanted = "[package]\nname = \"c\"\ndescription = \"new\"\n\n[package.metadata.workbook]\ntitle = \"C\"\n\n\
                      [dependencies]\nname = \"1\"\n";
        assert_eq!(made, wanted);
    }
}
