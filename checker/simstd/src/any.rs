//! Names of types, in which the simulation has the name of what it stands for.

use ::std::cell::RefCell;
use ::std::collections::HashMap;

pub use ::std::any::*;

::std::thread_local! {
    /// What a name is called here, for those that differ; as long-lived as the names themselves.
    static RENAMED: RefCell<HashMap<&'static str, &'static str>> = RefCell::new(HashMap::new());
}

/// As [`std::any::type_name`].
pub fn type_name<T: ?Sized>() -> &'static str {
    let name = ::std::any::type_name::<T>();
    if !name.contains("simstd::") {
        return name;
    }
    RENAMED.with_borrow_mut(|map| {
        *map.entry(name).or_insert_with(|| Box::leak(name.replace("simstd::", "std::").into_boxed_str()))
    })
}

/// As [`std::any::type_name_of_val`].
pub fn type_name_of_val<T: ?Sized>(_: &T) -> &'static str {
    type_name::<T>()
}
