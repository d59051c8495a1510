//! Which memory is static, and where each static begins and ends: what the system and the program's symbols say.

use ::std::cell::RefCell;
use ::std::ops::Range;
use ::std::sync::OnceLock;
use ::std::{env, fs};

use object::{Object, ObjectSymbol, SymbolKind};

/// Where an address is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the static that lies here.
    Static(Range<usize>),
    /// Perhaps in a static, and nothing says where that begins: the program has no symbols.
    Unknown,
    /// On the heap or on a stack.
    Elsewhere,
}

/// By its symbol, the others are found in memory.
#[used]
static SIMSTD_ANCHOR_OF_STATICS: u8 = 1;

/// Where `address` is.
pub(crate) fn place(address: usize) -> Place {
    let anchor = (&raw const SIMSTD_ANCHOR_OF_STATICS).addr();
    match (is_in_an_image(address), is_in_an_image(anchor)) {
        (_, false) => Place::Unknown,
        (false, true) => Place::Elsewhere,
        (true, true) => statics(anchor).around(address).map_or(Place::Unknown, Place::Static),
    }
}

const PAGE: usize = 4096;
const PAGES: usize = 256;

thread_local! {
    /// What is known of pages: memory of a program or library is that for ever, and other memory never is.
    static KNOWN: RefCell<[(usize, bool); PAGES]> = const { RefCell::new([(0, false); PAGES]) };
}

/// Whether the address is in the memory of the program itself, or of a library that it has loaded.
fn is_in_an_image(address: usize) -> bool {
    let page = address / PAGE;
    KNOWN.with_borrow_mut(|known| {
        let known = &mut known[page % PAGES];
        if known.0 != page {
            *known = (page, system::is_in_an_image(address));
        }
        known.1
    })
}

#[cfg(unix)]
mod system {
    use ::std::ffi::{c_char, c_int, c_void};
    use ::std::mem::MaybeUninit;

    #[repr(C)]
    struct Info {
        file: *const c_char,
        base: *mut c_void,
        symbol: *const c_char,
        at: *mut c_void,
    }

    unsafe extern "C" {
        fn dladdr(address: *const c_void, info: *mut Info) -> c_int;
    }

    pub(super) fn is_in_an_image(address: usize) -> bool {
        let mut info = MaybeUninit::uninit();
        // SAFETY: it takes any address, and has room for its answer.
        unsafe { dladdr(address as *const c_void, info.as_mut_ptr()) != 0 }
    }
}

#[cfg(windows)]
mod system {
    use ::std::ffi::c_void;
    use ::std::ptr;

    const FROM_ADDRESS: u32 = 4;
    const UNCHANGED_COUNT: u32 = 2;

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const u16, module: *mut *mut c_void) -> i32;
    }

    pub(super) fn is_in_an_image(address: usize) -> bool {
        let mut module = ptr::null_mut();
        // SAFETY: with these flags it takes any address, and has room for its answer.
        unsafe { GetModuleHandleExW(FROM_ADDRESS | UNCHANGED_COUNT, address as *const u16, &mut module) != 0 }
    }
}

#[cfg(not(any(unix, windows)))]
mod system {
    pub(super) fn is_in_an_image(_: usize) -> bool {
        false
    }
}

/// Where the program's statics are in memory, in order.
struct Statics(Vec<Range<usize>>);

impl Statics {
    fn around(&self, address: usize) -> Option<Range<usize>> {
        let after = self.0.partition_point(|range| range.start <= address);
        let range = self.0.get(after.checked_sub(1)?)?;
        range.contains(&address).then(|| range.clone())
    }

    /// As the symbols in the program's file say; none if it has none.
    fn read(anchor: usize) -> Option<Self> {
        let bytes = fs::read(env::current_exe().ok()?).ok()?;
        let file = object::File::parse(&*bytes).ok()?;
        let is_data =
            |symbol: &object::Symbol<'_, '_>| symbol.kind() == SymbolKind::Data && symbol.is_definition();
        let symbols: Vec<_> = file.symbols().filter(is_data).collect();
        let of_anchor = symbols
            .iter()
            .find(|symbol| symbol.name().is_ok_and(|name| name.contains("SIMSTD_ANCHOR_OF_STATICS")))?;
        let moved = (anchor as u64).wrapping_sub(of_anchor.address());
        let mut places: Vec<(u64, u64)> = symbols.iter().map(|s| (s.address(), s.size())).collect();
        places.sort_unstable();
        let ends = places.iter().enumerate().map(|(i, (start, size))| match size {
            // Some systems keep no sizes: then a static goes on until the next.
            0 => places[i..].iter().map(|p| p.0).find(|next| next > start).unwrap_or(*start),
            size => start + size,
        });
        let in_memory = |address: u64| address.wrapping_add(moved) as usize;
        let ranges = places.iter().zip(ends).map(|((start, _), end)| in_memory(*start)..in_memory(end));
        Some(Self(ranges.filter(|range| !range.is_empty()).collect()))
    }
}

fn statics(anchor: usize) -> &'static Statics {
    static STATICS: OnceLock<Statics> = OnceLock::new();
    STATICS.get_or_init(|| Statics::read(anchor).unwrap_or(Statics(Vec::new())))
}
