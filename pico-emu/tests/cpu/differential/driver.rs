//! The program that runs the sequences, on either machine.
//!
//! For each record of the table it sets scratch memory and registers and jumps to the record's instructions. They end
//! in an exception (`SVC`, or the `HardFault` of what went before), whose handler writes the registers, the stack frame
//! and the scratch memory by semihosting, and returns to the loop.

/// Where the program lies, behind the vectors.
pub(crate) const ADDRESS: usize = 0xc0;
/// Where it begins.
pub(crate) const ENTRY: u32 = 0xc0 | 1;
/// The handler of every exception.
pub(crate) const HANDLER: u32 = 0x128 | 1;

#[rustfmt::skip]
pub(crate) const CODE: [u16; 94] = [
    // reset:
    0x4c32, // ldr r4, [pc, #200]
    0x4833, // ldr r0, [pc, #204]
    0x6020, // str r0, [r4, #0]
    0x2001, // movs r0, #1
    0xa12c, // add r1, pc, #176
    0xbeab, // bkpt 0x00ab
    0x6060, // str r0, [r4, #4]
    0x4831, // ldr r0, [pc, #196]
    0x60a0, // str r0, [r4, #8]
    0x4831, // ldr r0, [pc, #196]
    0x60e0, // str r0, [r4, #12]
    // next:
    0x4c2d, // ldr r4, [pc, #180]
    0x6825, // ldr r5, [r4, #0]
    0x6a28, // ldr r0, [r5, #32]
    0x2800, // cmp r0, #0
    0xd020, // beq.n 122 finish
    0x482e, // ldr r0, [pc, #184]
    0x2140, // movs r1, #64
    0x682a, // ldr r2, [r5, #0]
    0x4b2e, // ldr r3, [pc, #184]
    // fill:
    0xc004, // stmia r0!, {r2}
    0x18d2, // adds r2, r2, r3
    0x3901, // subs r1, #1
    0xd1fb, // bne.n e8 fill
    0x6a68, // ldr r0, [r5, #36]
    0x4680, // mov r8, r0
    0x6aa8, // ldr r0, [r5, #40]
    0x4681, // mov r9, r0
    0x6ae8, // ldr r0, [r5, #44]
    0x4682, // mov sl, r0
    0x6b28, // ldr r0, [r5, #48]
    0x4683, // mov fp, r0
    0x6b68, // ldr r0, [r5, #52]
    0x4684, // mov ip, r0
    0x6ba8, // ldr r0, [r5, #56]
    0x4686, // mov lr, r0
    0x6be8, // ldr r0, [r5, #60]
    0x3824, // subs r0, #36
    0x4685, // mov sp, r0
    0x2100, // movs r1, #0
    // copy:
    0x586a, // ldr r2, [r5, r1]
    0x5042, // str r2, [r0, r1]
    0x3104, // adds r1, #4
    0x2924, // cmp r1, #36
    0xd1fa, // bne.n 110 copy
    0x6c28, // ldr r0, [r5, #64]
    0xf380, 0x8800, // msr CPSR_f, r0
    0xbdff, // pop {r0, r1, r2, r3, r4, r5, r6, r7, pc}
    // finish:
    0x2018, // movs r0, #24
    0x491f, // ldr r1, [pc, #124]
    0xbeab, // bkpt 0x00ab
    // handler:
    0x481a, // ldr r0, [pc, #104]
    0xc0f0, // stmia r0!, {r4, r5, r6, r7}
    0x4644, // mov r4, r8
    0x464d, // mov r5, r9
    0x4656, // mov r6, sl
    0x465f, // mov r7, fp
    0xc0f0, // stmia r0!, {r4, r5, r6, r7}
    0x4671, // mov r1, lr
    0xf3ef, 0x8205, // mrs r2, IPSR
    0xf3ef, 0x8310, // mrs r3, PRIMASK
    0xf3ef, 0x8414, // mrs r4, CONTROL
    0xc01e, // stmia r0!, {r1, r2, r3, r4}
    0xf3ef, 0x8208, // mrs r2, MSP
    0x0749, // lsls r1, r1, #29
    0xd501, // bpl.n 152 main
    0xf3ef, 0x8209, // mrs r2, PSP
    // main:
    0xc004, // stmia r0!, {r2}
    0xcaf0, // ldmia r2!, {r4, r5, r6, r7}
    0xc0f0, // stmia r0!, {r4, r5, r6, r7}
    0xcaf0, // ldmia r2!, {r4, r5, r6, r7}
    0xc0f0, // stmia r0!, {r4, r5, r6, r7}
    0xb662, // cpsie i
    0x2005, // movs r0, #5
    0x4911, // ldr r1, [pc, #68]
    0xbeab, // bkpt 0x00ab
    0x4c09, // ldr r4, [pc, #36]
    0x6820, // ldr r0, [r4, #0]
    0x30c0, // adds r0, #192
    0x6020, // str r0, [r4, #0]
    0x480f, // ldr r0, [pc, #60]
    0x4685, // mov sp, r0
    0x490f, // ldr r1, [pc, #60]
    0x6181, // str r1, [r0, #24]
    0x490f, // ldr r1, [pc, #60]
    0x61c1, // str r1, [r0, #28]
    0x480f, // ldr r0, [pc, #60]
    0x4700, // bx r0
];

/// What the program loads relative to its instructions, right behind them.
pub(crate) const LITERALS: [u32; 16] = [
    // SYS_OPEN: name, mode "wb", length of the name, and the name.
    0x188,
    5,
    3,
    u32::from_le_bytes(*b"out\0"),
    super::sequence::STATE,
    super::sequence::TABLE,
    super::sequence::RESULT,
    super::sequence::RESULT_LEN,
    super::sequence::SCRATCH,
    // What each word of the scratch memory is more than the one before.
    0x0103_0507,
    // SYS_EXIT: the application is done.
    0x20026,
    // SYS_WRITE: file, address, length.
    super::sequence::STATE + 4,
    // The frame by which the handler returns to the loop, and what goes into it.
    0x2000_2fe0,
    0xd6,
    0x0100_0000,
    0xffff_fff9,
];
