//! Whose a symbol is.

/// The crate of a demangled symbol, if it has a path; of a trait's implementation, the crate of the type that has it.
pub(super) fn owner(name: &str) -> Option<&str> {
    let mut rest = name;
    loop {
        let trimmed = rest
            .trim_start_matches(['<', '&', '*', '(', '[', ' '])
            .trim_start_matches("dyn ")
            .trim_start_matches("mut ")
            .trim_start_matches("const ")
            .trim_start_matches("unsafe ")
            .trim_start_matches("extern \"C\" ");
        if trimmed.len() == rest.len() {
            break;
        }
        rest = trimmed;
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (word, behind) = rest.split_at(end);
    // The allocator's and the panic handler's wrappers belong to a crate that the compiler makes up.
    if behind.starts_with("::") && word != "__rustc" {
        return Some(word);
    }
    // A primitive type's implementation of a trait is the trait's: `<u8 as core::fmt::Display>::fmt`.
    match behind.split_once(" as ") {
        Some((generics, of_trait)) if rest.len() < name.len() && !generics.contains("::") => owner(of_trait),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_is_the_first_crate_of_the_path() {
        for (name, expected) in [
            ("core::fmt::write", "core"),
            ("<smoltcp::iface::Interface>::poll", "smoltcp"),
            ("<&mut cyw43::Runner<X, Y> as core::future::Future>::poll", "cyw43"),
            ("<dyn embassy_net::Driver as core::fmt::Debug>::fmt", "embassy_net"),
            ("pico_fw::task::{closure#0}", "pico_fw"),
            ("<u8 as core::fmt::Display>::fmt", "core"),
            ("<[u8] as defmt::Format>::format", "defmt"),
            ("<*const embassy_rp::dma::Channel>::read", "embassy_rp"),
            ("compiler_builtins::mem::memcpy", "compiler_builtins"),
        ] {
            assert_eq!(owner(name), Some(expected), "{name}");
        }
    }

    #[test]
    fn names_without_a_path_are_no_crates() {
        for name in
            ["__aeabi_memcpy4", "main", ".Lanon.6d6c.3", "__rustc::rust_begin_unwind", "__Thumbv6MABSLongThunk_memcpy"]
        {
            assert_eq!(owner(name), None, "{name}");
        }
    }
}
