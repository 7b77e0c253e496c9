//! A program that fails in the way that a word in its RAM says, for the tests of backtraces. It lies behind a second stage
//! of the boot.
//!
//! `program.elf` is made of it, in this folder:
//!
//! ```text
//! rustc --edition 2024 --target thumbv6m-none-eabi -C opt-level=1 -C debuginfo=2 -C panic=abort \
//!     -C force-frame-pointers=yes -C link-arg=-Tprogram.x -C link-arg=--nmagic \
//!     --remap-path-prefix "$PWD=program" -o program.elf program.rs
//! ```

#![no_std]
#![no_main]

use core::arch::{asm, global_asm};
use core::panic::PanicInfo;
use core::ptr;

/// How to fail.
const CHOICE: *const u32 = 0x2003_0000 as *const u32;
/// Nothing is there.
const HOLE: *const u32 = 0x3000_0000 as *const u32;
/// A register of the DMA, which does not answer while it is held in reset.
const HELD_IN_RESET: *const u32 = 0x5000_0000 as *const u32;

#[unsafe(link_section = ".vectors")]
#[unsafe(no_mangle)]
static VECTORS: [unsafe extern "C" fn(); 15] = {
    unsafe extern "C" {
        fn stack_top();
    }
    let mut vectors: [unsafe extern "C" fn(); 15] = [hard_fault_vector; 15];
    vectors[0] = stack_top;
    vectors[1] = start;
    vectors[11] = supervisor_call;
    vectors
};

unsafe extern "C" {
    #[link_name = "HardFault"]
    fn hard_fault_vector();
}

#[unsafe(no_mangle)]
extern "C" fn start() {
    match unsafe { CHOICE.read_volatile() } {
        1 => panics(&[1, 2, 3]),
        2 => reads(HELD_IN_RESET),
        3 => reads(HOLE),
        4 => on_the_process_stack(),
        5 => unsafe { asm!("svc 1") },
        6 => unsafe { without_information(2) },
        _ => {}
    }
    loop {}
}

#[inline(never)]
fn panics(values: &[u32]) {
    element(values, values.len());
}

#[inline(always)]
fn element(values: &[u32], index: usize) -> u32 {
    values[index]
}

#[inline(never)]
fn reads(address: *const u32) {
    let value = unsafe { address.read_volatile() };
    unsafe { ptr::write_volatile(CHOICE.cast_mut(), value) };
}

#[inline(never)]
fn on_the_process_stack() {
    unsafe { asm!("msr psp, {0}", "msr control, {1}", in(reg) 0x2002_0000, in(reg) 2) };
    calls_supervisor();
}

#[inline(never)]
fn calls_supervisor() {
    unsafe { asm!("svc 0") };
}

#[unsafe(no_mangle)]
extern "C" fn supervisor_call() {
    reads(HOLE);
}

unsafe extern "C" {
    fn without_information(number: u32);
}

// Functions without call frame information; the handler faults in its turn if the program wants that.
global_asm!(
    ".section .text.assembly, \"ax\"",
    ".global without_information",
    ".type without_information, %function",
    ".thumb_func",
    "without_information:",
    "    adds r0, #1",
    "    udf #0",
    "    bx lr",
    ".size without_information, . - without_information",
    ".global HardFault",
    ".type HardFault, %function",
    ".thumb_func",
    "HardFault:",
    "    ldr r0, =0x20030000",
    "    ldr r0, [r0]",
    "    cmp r0, #5",
    "    bne 1f",
    "    udf #1",
    "1:  b 1b",
    ".size HardFault, . - HardFault",
);

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
