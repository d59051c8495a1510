//! Names of types, in which the simulation has the name of what it stands for.

use ::std::cell::RefCell;
use ::std::collections::HashMap;

pub use ::std::any::*;

::std::thread_local! {
    /// What a name is called here, for those that differ; as long-lived as the names themselves.
    static RENAMED: RefCell<HashMap<&'static str, &'static str>> = RefCell::new(HashMap::new());
}

/// As [`std::any::type_name`]. What a check hands over is not named after the check.
pub fn type_name<T: ?Sized>() -> &'static str {
    let name = ::std::any::type_name::<T>();
    if !name.contains("simstd::") && !name.contains(CHECKS) {
        return name;
    }
    RENAMED
        .with_borrow_mut(|map| *map.entry(name).or_insert_with(|| Box::leak(renamed(name).into_boxed_str())))
}

/// The crate of the checks, as the checker calls it.
const CHECKS: &str = "checks::";

fn renamed(name: &str) -> String {
    let mut parts = name.split(CHECKS);
    let mut renamed = parts.next().unwrap_or_default().replace("simstd::", "std::");
    for part in parts {
        // `name_of_the_check::{{closure}}` and `name_of_the_check::Dish` lose the first; a type of the whole file has no such part.
        let end = part.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':' && c != '{' && c != '}');
        let (path, rest) = part.split_at(end.unwrap_or(part.len()));
        let last = path.rsplit("::").next().unwrap_or_default();
        renamed += &format!("{CHECKS}{last}{}", rest.replace("simstd::", "std::"));
    }
    renamed
}

/// As [`std::any::type_name_of_val`].
pub fn type_name_of_val<T: ?Sized>(_: &T) -> &'static str {
    type_name::<T>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_does_not_tell_which_check_it_is_from() {
        assert_eq!(renamed("checks::a_check::{{closure}}::{{closure}}"), "checks::{{closure}}");
        assert_eq!(renamed("&checks::a_check::Dish"), "&checks::Dish");
        assert_eq!(
            renamed("simstd::sync::Mutex<checks::a_check::Dish<simstd::x::Y>>"),
            "std::sync::Mutex<checks::Dish<std::x::Y>>"
        );
    }
}
