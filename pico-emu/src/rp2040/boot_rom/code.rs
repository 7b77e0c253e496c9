//! The Thumb code of the ROM.

/// `rom_table_lookup`, relative to the code.
pub(super) const TABLE_LOOKUP: u16 = 0x0;
/// `wait_for_vector`: core 1 echoes the words 0, 1, a vector table, a stack pointer and an entry, and goes there.
pub(super) const WAIT_FOR_VECTOR: u16 = 0x18;
/// Where a processor sleeps for ever.
pub(super) const DEAD: u16 = 0x78;

/// The code, one instruction a line.
#[rustfmt::skip]
pub(super) const CODE: [u16; 66] = [
    // lookup:
    0x8802, // ldrh r2, [r0, #0]
    0x2a00, // cmp r2, #0
    0xd005, // beq none
    0x428a, // cmp r2, r1
    0xd001, // beq found
    0x3004, // adds r0, #4
    0xe7f8, // b lookup
    // found:
    0x8840, // ldrh r0, [r0, #2]
    0x4770, // bx lr
    // none:
    0x2000, // movs r0, #0
    0x4770, // bx lr
    0x46c0, // nop
    // wait_for_vector:
    0x4c18, // ldr r4, sio
    0x4d19, // ldr r5, scb
    0x2004, // movs r0, #4
    0x6128, // str r0, [r5, #16]
    // drain:
    0x6d21, // ldr r1, [r4, #80]
    0x0849, // lsrs r1, r1, #1
    0xd301, // bcc drained
    0x6da0, // ldr r0, [r4, #88]
    0xe7fa, // b drain
    // drained:
    0x2600, // movs r6, #0
    0x2000, // movs r0, #0
    // send:
    0x6d21, // ldr r1, [r4, #80]
    0x0889, // lsrs r1, r1, #2
    0xd201, // bcs room
    0xbf20, // wfe
    0xe7fa, // b send
    // room:
    0x6560, // str r0, [r4, #84]
    0xbf40, // sev
    0x2e04, // cmp r6, #4
    0xd015, // beq launch
    // receive:
    0x6d21, // ldr r1, [r4, #80]
    0x0849, // lsrs r1, r1, #1
    0xd201, // bcs take
    0xbf20, // wfe
    0xe7fa, // b receive
    // take:
    0x6da0, // ldr r0, [r4, #88]
    0x2800, // cmp r0, #0
    0xd0e7, // beq drain
    0x3601, // adds r6, #1
    0x2e01, // cmp r6, #1
    0xd005, // beq first
    0x2e02, // cmp r6, #2
    0xd006, // beq table
    0x2e03, // cmp r6, #3
    0xd1e7, // bne send
    0x4603, // mov r3, r0
    0xe7e5, // b send
    // first:
    0x2801, // cmp r0, #1
    0xd1dc, // bne drain
    0xe7e2, // b send
    // table:
    0x4602, // mov r2, r0
    0xe7e0, // b send
    // launch:
    0x60aa, // str r2, [r5, #8]
    0xf383, 0x8808, // msr MSP, r3
    0x2100, // movs r1, #0
    0x6129, // str r1, [r5, #16]
    0x4780, // blx r0
    // dead:
    0xbf30, // wfi
    0xe7fd, // b dead
    // sio:
    0x0000, 0xd000, // .word 0xd0000000
    // scb:
    0xed00, 0xe000, // .word 0xe000ed00
];
