//! The registers of the System Control Space (DDI 0419, B3.2 to B3.5), which each processor has for itself.
//!
//! They take words from privileged code; everything else is a bus error. The debug registers are a debugger's.

use super::core::Core;
use super::exception::{INTERRUPT_0, NMI, PEND_SV, SV_CALL, SYS_TICK};
use super::mpu::Mpu;
use crate::bus::{Access, BusFault, Timing, Width};

const ACTLR: u32 = 0xe000_e008;
const SYST_CSR: u32 = 0xe000_e010;
const SYST_RVR: u32 = 0xe000_e014;
const SYST_CVR: u32 = 0xe000_e018;
const SYST_CALIB: u32 = 0xe000_e01c;
const NVIC_ISER: u32 = 0xe000_e100;
const NVIC_ICER: u32 = 0xe000_e180;
const NVIC_ISPR: u32 = 0xe000_e200;
const NVIC_ICPR: u32 = 0xe000_e280;
const NVIC_IPR0: u32 = 0xe000_e400;
const NVIC_IPR7: u32 = 0xe000_e41c;
const CPUID: u32 = 0xe000_ed00;
const ICSR: u32 = 0xe000_ed04;
const VTOR: u32 = 0xe000_ed08;
const AIRCR: u32 = 0xe000_ed0c;
const SCR: u32 = 0xe000_ed10;
const CCR: u32 = 0xe000_ed14;
const SHPR2: u32 = 0xe000_ed1c;
const SHPR3: u32 = 0xe000_ed20;
const SHCSR: u32 = 0xe000_ed24;
const MPU_TYPE: u32 = 0xe000_ed90;
const MPU_CTRL: u32 = 0xe000_ed94;
const MPU_RNR: u32 = 0xe000_ed98;
const MPU_RBAR: u32 = 0xe000_ed9c;
const MPU_RASR: u32 = 0xe000_eda0;

/// Cortex-M0+ r0p1, as the RP2040 has it (RP2040 datasheet, 2.4.8).
const CPUID_VALUE: u32 = 0x410c_c601;
/// STKALIGN and `UNALIGN_TRP`, which are always on.
const CCR_VALUE: u32 = 1 << 9 | 1 << 3;
/// ICSR.NMIPENDSET.
const NMIPENDSET: u32 = 1 << 31;
/// ICSR.PENDSVSET and PENDSVCLR.
const PENDSVSET: u32 = 1 << 28;
const PENDSVCLR: u32 = 1 << 27;
/// ICSR.PENDSTSET and PENDSTCLR.
const PENDSTSET: u32 = 1 << 26;
const PENDSTCLR: u32 = 1 << 25;
/// ICSR.ISRPENDING: an external interrupt is.
const ISRPENDING: u32 = 1 << 22;
/// AIRCR.VECTKEY, without which a write has no effect, and what it reads as.
const VECTKEY: u32 = 0x05fa_0000;
const VECTKEYSTAT: u32 = 0xfa05_0000;
/// AIRCR.SYSRESETREQ.
const SYSRESETREQ: u32 = 1 << 2;
/// VTOR.TBLOFF.
const TBLOFF: u32 = 0xffff_ff00;
/// SHCSR.SVCALLPENDED.
const SVCALLPENDED: u32 = 1 << 15;

pub(super) fn read(core: &mut Core, access: Access) -> Result<(u32, Timing), BusFault> {
    check(core, &access)?;
    prepare(core, &access);
    let nvic = &core.nvic;
    let value = match access.address {
        // The RP2040 gives no calibration value, and the processor has nothing to configure.
        ACTLR | SYST_CALIB => 0,
        SYST_CSR => core.systick.read_control(),
        SYST_RVR => core.systick.reload(),
        SYST_CVR => core.systick.value(),
        NVIC_ISER | NVIC_ICER => nvic.enabled_interrupts(),
        NVIC_ISPR | NVIC_ICPR => nvic.pending_interrupts(),
        NVIC_IPR0..=NVIC_IPR7 => read_priorities(core, first_interrupt(access.address)),
        CPUID => CPUID_VALUE,
        ICSR => interrupt_control(core),
        VTOR => core.vector_table,
        AIRCR => VECTKEYSTAT,
        SCR => core.system_control,
        CCR => CCR_VALUE,
        SHPR2 => read_priorities(core, SV_CALL - 3) & 0xff00_0000,
        SHPR3 => read_priorities(core, PEND_SV - 2) & 0xffff_0000,
        SHCSR => flag(nvic.is_pending(SV_CALL), SVCALLPENDED),
        MPU_TYPE => Mpu::TYPE,
        MPU_CTRL => core.mpu.control(),
        MPU_RNR => core.mpu.region(),
        MPU_RBAR => core.mpu.base_address(),
        MPU_RASR => core.mpu.attributes(),
        _ => return Err(access.not_modelled()),
    };
    Ok((value, Timing::NO_WAIT))
}

pub(super) fn write(core: &mut Core, access: Access, value: u32) -> Result<Timing, BusFault> {
    check(core, &access)?;
    prepare(core, &access);
    match access.address {
        ACTLR | SYST_CALIB | CPUID | CCR | MPU_TYPE => {}
        SYST_CSR => core.systick.write_control(value),
        SYST_RVR => core.systick.write_reload(value),
        SYST_CVR => core.systick.clear_value(),
        NVIC_ISER => core.nvic.enable_interrupts(value),
        NVIC_ICER => core.nvic.disable_interrupts(value),
        NVIC_ISPR => {
            let transition = core.nvic.set_pending_interrupts(value);
            core.note_pending(transition);
        }
        NVIC_ICPR => core.nvic.clear_pending_interrupts(value),
        NVIC_IPR0..=NVIC_IPR7 => write_priorities(core, first_interrupt(access.address), 0..4, value),
        ICSR => control_interrupts(core, value),
        VTOR => core.vector_table = value & TBLOFF,
        AIRCR if value & 0xffff_0000 == VECTKEY => core.reset_requested = value & SYSRESETREQ != 0,
        AIRCR => {}
        SCR => core.system_control = value & (Core::SLEEP_ON_EXIT | Core::SLEEP_DEEP | Core::EVENT_ON_PENDING),
        SHPR2 => write_priorities(core, SV_CALL - 3, 3..4, value),
        SHPR3 => write_priorities(core, PEND_SV - 2, 2..4, value),
        SHCSR if value & SVCALLPENDED != 0 => core.pend(SV_CALL),
        SHCSR => core.nvic.clear_pending(SV_CALL),
        MPU_CTRL => core.mpu.write_control(value),
        MPU_RNR => core.mpu.write_region(value),
        MPU_RBAR => core.mpu.write_base_address(value),
        MPU_RASR => core.mpu.write_attributes(value),
        _ => return Err(access.not_modelled()),
    }
    Ok(Timing::NO_WAIT)
}

fn check(core: &Core, access: &Access) -> Result<(), BusFault> {
    if access.width == Width::Word && core.registers.privileged() { Ok(()) } else { Err(access.bus_error()) }
}

/// The timer is counted up to the access, since its registers and those of pending exceptions show it.
fn prepare(core: &mut Core, access: &Access) {
    if core.systick.catch_up(access.cycle) {
        core.pend(SYS_TICK);
    }
}

const fn flag(set: bool, bit: u32) -> u32 {
    if set { bit } else { 0 }
}

fn interrupt_control(core: &Core) -> u32 {
    let nvic = &core.nvic;
    let vector_pending = nvic.highest_pending().map_or(0, u32::from);
    flag(nvic.is_pending(NMI), NMIPENDSET)
        | flag(nvic.is_pending(PEND_SV), PENDSVSET)
        | flag(nvic.is_pending(SYS_TICK), PENDSTSET)
        | flag(nvic.pending_interrupts() != 0, ISRPENDING)
        | vector_pending << 12
        | u32::from(core.registers.ipsr())
}

fn control_interrupts(core: &mut Core, value: u32) {
    if value & PENDSVCLR != 0 {
        core.nvic.clear_pending(PEND_SV);
    }
    if value & PENDSTCLR != 0 {
        core.nvic.clear_pending(SYS_TICK);
    }
    for (bit, number) in [(NMIPENDSET, NMI), (PENDSVSET, PEND_SV), (PENDSTSET, SYS_TICK)] {
        if value & bit != 0 {
            core.pend(number);
        }
    }
}

/// The number of the exception whose priority is the lowest byte of a `NVIC_IPR`.
fn first_interrupt(address: u32) -> u8 {
    INTERRUPT_0 + u8::try_from(address - NVIC_IPR0).expect("there are 32 bytes of priorities")
}

/// The priorities of four exceptions, each in the two high bits of its byte.
fn read_priorities(core: &Core, first: u8) -> u32 {
    (0..4).map(|byte| u32::from(core.nvic.configured_priority(first + byte)) << (8 * byte + 6)).sum()
}

/// Sets the priorities of some of four exceptions.
fn write_priorities(core: &mut Core, first: u8, which: std::ops::Range<u8>, value: u32) {
    for byte in which {
        core.nvic.set_priority(first + byte, (value >> (8 * byte + 6)) as u8 & 3);
    }
}
