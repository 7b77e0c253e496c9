//! Exception numbers and priorities (DDI 0419, B1.5.2 and B1.5.4).

/// The non-maskable interrupt.
pub(super) const NMI: u8 = 2;
/// Every fault.
pub(super) const HARD_FAULT: u8 = 3;
/// Supervisor call, by the instruction `SVC`.
pub(super) const SV_CALL: u8 = 11;
/// Pendable request for system service.
pub(super) const PEND_SV: u8 = 14;
/// The system timer.
pub(super) const SYS_TICK: u8 = 15;
/// External interrupt 0; the others follow.
pub(super) const INTERRUPT_0: u8 = 16;
/// One more than the highest number.
pub(super) const COUNT: usize = 48;

/// A priority: the lower the number, the higher the priority. Those of NMI and `HardFault` are fixed at -2 and -1, the
/// others are 0 to 3.
pub(super) type Priority = i8;

/// That of Thread mode while nothing is active: anything preempts it.
pub(super) const THREAD_PRIORITY: Priority = 4;
/// That to which PRIMASK raises.
pub(super) const MASKED_PRIORITY: Priority = 0;
/// That of `HardFault`: a further fault at this one, or a higher one, is a lockup.
pub(super) const HARD_FAULT_PRIORITY: Priority = -1;
/// That of NMI.
pub(super) const NMI_PRIORITY: Priority = -2;
