//! Names of addresses, and addresses of names.

use pico_emu::debug::{Symbols, SymbolsError};

use crate::{ELF, symbols};

#[test]
fn an_address_has_the_name_of_its_function_and_an_offset() {
    let symbols = symbols();
    let address = symbols.address_of("program::reads").expect("it is there");
    let name = |address| symbols.function(address).map(|function| function.to_string());
    assert_eq!(name(address), Some(String::from("program::reads+0x0")));
    assert_eq!(name(address + 2), Some(String::from("program::reads+0x2")));
    assert_ne!(name(address - 2).map(|name| name.starts_with("program::reads")), Some(true));
    for nowhere in [0, 0x1000_00ff, 0x2000_0000, u32::MAX] {
        assert_eq!(name(nowhere), None, "{nowhere:#x}");
    }
}

#[test]
fn a_function_is_found_by_as_much_of_its_path_as_is_given() {
    let symbols = symbols();
    let panic_fmt = symbols.address_of("core::panicking::panic_fmt");
    assert!(panic_fmt.is_some_and(|address| address % 2 == 0));
    assert_eq!(symbols.address_of("panic_fmt"), panic_fmt);
    assert_eq!(symbols.address_of("panicking::panic_fmt"), panic_fmt);
    assert_eq!(symbols.address_of("anic_fmt"), None);
    assert_eq!(symbols.address_of(""), None);
}

#[test]
fn the_handlers_of_failures_are_found() {
    let symbols = symbols();
    let handlers: Vec<u32> = symbols.failure_handlers().collect();
    let names: Vec<&str> =
        handlers.iter().filter_map(|&address| symbols.function(address)).map(|function| function.name).collect();
    assert_eq!(names, ["__rustc::rust_begin_unwind", "HardFault"]);
}

#[test]
fn an_instruction_has_a_place_in_the_source() {
    let symbols = symbols();
    let start = symbols.address_of("start").expect("it is there");
    let [location] = &symbols.locations(start)[..] else { panic!("nothing is inlined there") };
    assert_eq!((location.function.as_deref(), location.file.as_deref()), (Some("start"), Some("program/program.rs")));
    assert_eq!(symbols.locations(0x2000_0000), []);
}

#[test]
fn a_file_that_is_no_program_for_this_processor_is_refused() {
    assert!(matches!(Symbols::parse(&b"no ELF file"[..]), Err(SymbolsError::Broken(_))));
    let mut other = ELF.to_vec();
    // e_machine: Intel 80386
    other[18] = 3;
    assert_eq!(Symbols::parse(other).err(), Some(SymbolsError::NotArm));
}

#[test]
fn a_file_that_is_cut_off_anywhere_does_no_harm() {
    for len in (0..ELF.len()).step_by(97) {
        if let Ok(symbols) = Symbols::parse(&ELF[..len]) {
            let _ = symbols.locations(0x1000_0200);
        }
    }
}
