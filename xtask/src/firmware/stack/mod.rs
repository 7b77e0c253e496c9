//! The most stack that a firmware can need.
//!
//! Read off the linked image, so that it holds for the code that runs: the frames that the compiler records and that
//! the instructions make, and a graph of who may call whom. What cannot be known is taken for the worst, within the
//! assumptions that [`Stack`] prints.

mod frame_sizes;
mod functions;
mod graph;
mod thumb;

use std::collections::BTreeSet;
use std::fmt;

use self::functions::{Function, Functions};
use self::graph::{Depths, Graph};
use super::chip::{Chip, Processor};
use super::image::Image;

/// Where the processor finds the start and the interrupt handlers.
const VECTOR_TABLE: &str = ".vector_table";
/// The first words of the table, before the handlers whose priorities a program may set.
const RESET: usize = 1;
const NMI: usize = 2;
const HARD_FAULT: usize = 3;
const FIRST_WITH_PRIORITY: usize = 4;

/// Where the stack starts, to grow towards lower addresses.
const STACK_START: &str = "_stack_start";

/// How often each function of a cycle of calls may be active at once.
const CYCLE_ROUNDS: u64 = 2;
/// The most that a function of the boot ROM takes; they are called through registers alone.
const BOOT_ROM_LEN_MAX: u64 = 512;

/// How many functions a list names.
const SHOWN: usize = 24;

/// The most stack that a firmware can need, and what there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stack {
    /// From the start of the program to its deepest function.
    main: u64,
    /// The deepest interrupt handlers and their kinds, each with what the processor itself stores.
    interrupts: Vec<(String, u64)>,
    /// What RAM leaves.
    room: u64,
    /// The deepest way from the start: what is called, and its bytes.
    way: Vec<(String, u64)>,
    /// The functions that may call themselves by way of calls that name their target.
    recursive: Vec<String>,
    /// The functions that only calls through registers could make call themselves.
    cyclic_count: usize,
    /// The functions whose frames are guesses.
    unknown: Vec<String>,
    /// Tasks of the executor.
    task_count: usize,
    may_interrupts_poll: bool,
    priorities: usize,
}

/// No bound for the stack.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StackError {
    #[error("the image has no section `{VECTOR_TABLE}` with a start of the program; check that link.x is linked")]
    NoVectorTable,
    #[error("the handler at {address:#010x} is no function of the image; check the section `{VECTOR_TABLE}`")]
    UnknownHandler { address: u32 },
    #[error("the image names no `{STACK_START}`; check that link.x is linked")]
    NoStack,
    #[error(
        "the stack may need {worst} bytes, {} more than the {room} that RAM leaves for it; \
         the deepest way is listed above", worst - room
    )]
    TooDeep { worst: u64, room: u64 },
}

impl Stack {
    /// Analyses an image that was built with `-Z emit-stack-sizes`.
    ///
    /// # Errors
    ///
    /// [`StackError`] when the image is no firmware.
    pub(crate) fn of(image: &Image, chip: Chip) -> Result<Self, StackError> {
        let vectors = vectors(image);
        let reset = *vectors.get(RESET).ok_or(StackError::NoVectorTable)?;
        let functions = Functions::of(image);
        let calls = Calls::of(&functions);
        let depths = calls.graph.depths(CYCLE_ROUNDS);
        let may_interrupts_poll = may_interrupts_poll(image);
        let start = calls.node(reset, Context::OutsideTasks).ok_or(StackError::NoVectorTable)?;

        let context = if may_interrupts_poll { Context::OutsideTasks } else { Context::InTask };
        let handler = |kind: &str, address: u32| {
            let node = calls.node(address, context).ok_or(StackError::UnknownHandler { address })?;
            let name = format!("{kind}: {}", functions.functions[&address].name);
            Ok((name, chip.exception_frame_len() + depths.of(node)))
        };
        // Reserved entries are zero. A function that handles several interrupts may be active for each of them.
        let entries = vectors.iter().skip(FIRST_WITH_PRIORITY).filter(|&&address| address != 0);
        let mut interrupts =
            entries.map(|&address| handler("interrupt", address)).collect::<Result<Vec<_>, StackError>>()?;
        interrupts.sort_by_key(|(name, bytes)| (std::cmp::Reverse(*bytes), name.clone()));
        interrupts.truncate(chip.interrupt_priorities());
        for (kind, index) in [("fault", HARD_FAULT), ("non-maskable interrupt", NMI)] {
            interrupts.push(handler(kind, *vectors.get(index).ok_or(StackError::NoVectorTable)?)?);
        }

        let recursive = calls.recursive(&functions);
        let in_cycles = depths.cycles().flatten().filter_map(|&node| calls.function_of(node));
        let cyclic_count = in_cycles.collect::<BTreeSet<_>>().len().saturating_sub(recursive.len());
        let unknown = functions.functions.values().filter(|function| function.is_frame_unknown);
        Ok(Self {
            main: depths.of(start),
            interrupts,
            room: room(image).ok_or(StackError::NoStack)?,
            way: calls.way(&depths, start, &functions),
            recursive,
            cyclic_count,
            unknown: unknown.map(|function| function.name.clone()).collect(),
            task_count: functions.functions.values().filter(|function| is_task(function)).count(),
            may_interrupts_poll,
            priorities: chip.interrupt_priorities(),
        })
    }

    /// Whether the stack has room for the worst.
    ///
    /// # Errors
    ///
    /// [`StackError::TooDeep`] when it has not.
    pub(crate) fn judge(&self) -> Result<(), StackError> {
        let worst = self.worst();
        if worst > self.room { Err(StackError::TooDeep { worst, room: self.room }) } else { Ok(()) }
    }

    fn worst(&self) -> u64 {
        self.main + self.interrupts.iter().map(|(_, bytes)| bytes).sum::<u64>()
    }
}

/// The words of the vector table, without the bit that tells Thumb code.
fn vectors(image: &Image) -> Vec<u32> {
    let section = image.sections.iter().find(|section| section.name == VECTOR_TABLE);
    let bytes = section.and_then(|section| section.bytes.as_deref()).unwrap_or_default();
    bytes.as_chunks().0.iter().map(|&word| u32::from_le_bytes(word) & !1).collect()
}

/// What lies free below the start of the stack.
fn room(image: &Image) -> Option<u64> {
    let start = image.address_of(STACK_START)?;
    let ends = image.sections.iter().map(|section| section.range().end).filter(|&end| end <= start);
    Some(u64::from(start - ends.max()?))
}

/// Whether a task may run in an interrupt: where such an executor is linked, the debug information names it. Without
/// debug information one may be.
fn may_interrupts_poll(image: &Image) -> bool {
    let name = b"InterruptExecutor";
    image.debug_strings.is_empty() || image.debug_strings.windows(name.len()).any(|text| text == name)
}

/// Whether the executor calls this function to let a task go on.
fn is_task(function: &Function) -> bool {
    function.name.contains("embassy_executor::raw::TaskStorage") && function.name.ends_with("::poll")
}

/// Whether a task is going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    OutsideTasks,
    /// No other task is entered.
    InTask,
}

/// The graph of calls: each function once outside of tasks and once within.
struct Calls {
    graph: Graph,
    /// The functions' addresses, in the order of their nodes.
    addresses: Vec<u32>,
}

impl Calls {
    fn of(functions: &Functions) -> Self {
        let mut graph = Graph::default();
        let addresses: Vec<u32> = functions.functions.keys().copied().collect();
        for _ in [Context::OutsideTasks, Context::InTask] {
            for function in functions.functions.values() {
                graph.add(function.frame);
            }
        }
        let mut calls = Self { graph, addresses };
        let rom = calls.graph.add(BOOT_ROM_LEN_MAX);
        for context in [Context::OutsideTasks, Context::InTask] {
            // Stands for whatever a register may point to.
            let anything = calls.graph.add(0);
            calls.graph.call(anything, rom);
            for address in &functions.address_taken {
                let is_task = is_task(&functions.functions[address]);
                match context {
                    Context::InTask if is_task => {}
                    _ => calls.call(anything, *address, context, is_task),
                }
            }
            for (&address, function) in &functions.functions {
                let Some(caller) = calls.node(address, context) else { continue };
                if function.calls_indirectly {
                    calls.graph.call(caller, anything);
                }
                for callee in &function.calls {
                    let is_task = functions.functions.get(callee).is_some_and(is_task);
                    calls.call(caller, *callee, context, is_task);
                }
            }
        }
        calls
    }

    fn call(&mut self, caller: usize, callee: u32, context: Context, is_task: bool) {
        let context = if is_task { Context::InTask } else { context };
        if let Some(callee) = self.node(callee, context) {
            self.graph.call(caller, callee);
        }
    }

    fn node(&self, address: u32, context: Context) -> Option<usize> {
        let index = self.addresses.binary_search(&address).ok()?;
        match context {
            Context::OutsideTasks => Some(index),
            Context::InTask => Some(self.addresses.len() + index),
        }
    }

    fn function_of(&self, node: usize) -> Option<u32> {
        (node < 2 * self.addresses.len()).then(|| self.addresses[node % self.addresses.len()])
    }

    /// The functions that call themselves without any call through a register.
    fn recursive(&self, functions: &Functions) -> Vec<String> {
        let mut graph = Graph::default();
        for _ in &self.addresses {
            graph.add(0);
        }
        for (caller, function) in functions.functions.values().enumerate() {
            for callee in &function.calls {
                if let Some(callee) = self.node(*callee, Context::OutsideTasks) {
                    graph.call(caller, callee);
                }
            }
        }
        let depths = graph.depths(1);
        depths.cycles().flatten().map(|&node| functions.functions[&self.addresses[node]].name.clone()).collect()
    }

    /// What is called on the deepest way, without what takes no stack.
    fn way(&self, depths: &Depths, start: usize, functions: &Functions) -> Vec<(String, u64)> {
        let mut way = Vec::new();
        for step in depths.deepest(start) {
            let called = step.nodes.iter().filter_map(|&node| self.function_of(node));
            let mut called: Vec<_> = called.map(|address| &functions.functions[&address]).collect();
            called.sort_by_key(|function| std::cmp::Reverse(function.frame));
            let name = match called.as_slice() {
                [] => "a function of the boot ROM".to_owned(),
                [function] => function.name.clone(),
                [largest, ..] => {
                    format!(
                        "{} functions that may call each other, {CYCLE_ROUNDS} times; the largest: {}, {}",
                        called.len(),
                        largest.name,
                        largest.frame
                    )
                }
            };
            if step.bytes > 0 {
                way.push((name, step.bytes));
            }
        }
        way
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, " bytes  of stack, at most")?;
        let mut row = |bytes: u64, what: &str| writeln!(f, "{bytes:>6}  {what}");
        row(self.main, "the program")?;
        for same in self.interrupts.chunk_by(|a, b| a == b) {
            let (name, bytes) = &same[0];
            match same.len() {
                1 => row(*bytes, name)?,
                count => row(bytes * count as u64, &format!("{name}, {count} times"))?,
            }
        }
        row(self.worst(), "together")?;
        row(self.room, "what RAM leaves for the stack")?;
        writeln!(f, "\nThe program's deepest way:")?;
        for (name, bytes) in self.way.iter().take(SHOWN) {
            writeln!(f, "{bytes:>6}  {name}")?;
        }
        if let Some(more) = self.way.len().checked_sub(SHOWN).filter(|&more| more > 0) {
            let bytes: u64 = self.way.iter().skip(SHOWN).map(|(_, bytes)| bytes).sum();
            writeln!(f, "{bytes:>6}  ({more} more)")?;
        }
        self.write_assumptions(f)
    }
}

impl Stack {
    fn write_assumptions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nThis bound holds if")?;
        writeln!(
            f,
            "- a call through a register goes to a function whose address the image holds, any of them, or to"
        )?;
        writeln!(f, "  the boot ROM, which takes at most {BOOT_ROM_LEN_MAX} bytes;")?;
        writeln!(f, "- a jump through a register by MOV, ADD or a table stays in its function;")?;
        writeln!(
            f,
            "- the {} task(s) are polled by the executor alone, so that no task polls another;",
            self.task_count
        )?;
        if self.may_interrupts_poll {
            writeln!(f, "- (an executor may run in interrupts, so that each may poll any task);")?;
        } else {
            writeln!(f, "- no interrupt handler polls a task: no executor for interrupts is linked;")?;
        }
        writeln!(
            f,
            "- at most {} interrupts are active at once, one of each priority, and a fault and a non-maskable one;",
            self.priorities
        )?;
        writeln!(f, "- the second core is not started, or has a stack of its own;")?;
        writeln!(
            f,
            "- each of the {} function(s) that calls through registers could make recursive is active at most \
             {CYCLE_ROUNDS} times at once.",
            self.cyclic_count
        )?;
        list(f, "Recursive by calls that name their target, counted as often", &self.recursive)?;
        list(f, "The stack pointer moves by an unknown amount, guessed, in", &self.unknown)
    }
}

fn list(f: &mut fmt::Formatter<'_>, title: &str, names: &[String]) -> fmt::Result {
    if names.is_empty() { Ok(()) } else { writeln!(f, "{title}:\n  {}", names.join("\n  ")) }
}

#[cfg(test)]
mod tests {
    use super::super::image::{Section, Symbol, SymbolKind};
    use super::*;

    const FLASH: u32 = 0x1000_0000;
    const CODE: u32 = FLASH + 0x100;
    const RAM: u32 = 0x2000_0000;
    const TASK: &str = "<embassy_executor::raw::TaskStorage<pico_fw::blink>>::poll";

    const BX_LR: u16 = 0x4770;
    const BLX_R3: u16 = 0x4798;

    fn push(registers: u32) -> u16 {
        0xb400 | ((1 << registers) - 1)
    }

    /// `BL` from one index of a half word to another.
    fn call(from: usize, to: usize) -> [u16; 2] {
        let offset = (to as i32 - from as i32 - 2) as u32;
        [0xf000 | (offset >> 11 & 0x7ff) as u16, 0xf800 | (offset & 0x7ff) as u16]
    }

    /// An image of functions that are each eight bytes long, the start and an interrupt's handler first, with the
    /// addresses of some of them in its constants.
    fn image(functions: &[(&str, [u16; 4])], address_taken: &[usize]) -> Image {
        let address = |index: usize| CODE + 8 * u32::try_from(index).unwrap();
        let bytes = |words: &[u32]| Some(words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>());
        let section = |name: &str, address, is_code, bytes: Option<Vec<u8>>| {
            let size = u32::try_from(bytes.as_ref().unwrap().len()).unwrap();
            Section { name: name.to_owned(), address, size, is_code, bytes }
        };
        let (reset, handler) = (address(0) | 1, address(1) | 1);
        let vectors = [RAM + 0x1000, reset, handler, handler, handler, 0];
        let code = functions.iter().flat_map(|(_, code)| code).flat_map(|half| half.to_le_bytes()).collect();
        let taken: Vec<u32> = address_taken.iter().map(|&index| address(index) | 1).collect();
        let named = functions.iter().enumerate().map(|(index, (name, _))| Symbol {
            name: str::to_owned(name),
            address: address(index),
            size: 8,
            kind: SymbolKind::Function,
        });
        let start = Symbol { name: STACK_START.to_owned(), address: RAM + 0x1000, size: 0, kind: SymbolKind::Other };
        Image {
            sections: vec![
                section(VECTOR_TABLE, FLASH, false, bytes(&vectors)),
                section(".text", CODE, true, Some(code)),
                section(".rodata", FLASH + 0x1000, false, bytes(&taken)),
                Section { name: ".bss".to_owned(), address: RAM, size: 0x800, is_code: false, bytes: None },
            ],
            symbols: named.chain([start]).collect(),
            debug_strings: b"run\0".to_vec(),
            ..Image::default()
        }
    }

    fn code(halves: &[u16]) -> [u16; 4] {
        let mut code = [BX_LR; 4];
        code[..halves.len()].copy_from_slice(halves);
        code
    }

    fn main_calling(callee: usize) -> [u16; 4] {
        let [first, second] = call(1, 4 * callee);
        code(&[push(2), first, second])
    }

    #[test]
    fn program_and_interrupts_add_up() {
        let functions =
            [("Reset", main_calling(2)), ("Handler", code(&[push(3)])), ("deep", code(&[push(8), push(1)]))];
        let stack = Stack::of(&image(&functions, &[]), Chip::Rp2040).unwrap();
        assert_eq!(stack.main, 2 * 4 + 9 * 4);
        // The one handler stands for an interrupt, the fault and the non-maskable interrupt.
        assert_eq!(stack.interrupts.iter().map(|(_, bytes)| *bytes).collect::<Vec<_>>(), [36 + 12; 3]);
        assert_eq!((stack.worst(), stack.room), (44 + 3 * 48, 0x800));
    }

    #[test]
    fn call_through_a_register_may_reach_whatever_has_its_address_taken_or_the_boot_rom() {
        let functions =
            |deep| [("Reset", code(&[push(1), BLX_R3])), ("Handler", code(&[])), ("deep", code(&[deep, deep, deep]))];
        let main = |deep, taken: &[usize]| Stack::of(&image(&functions(deep), taken), Chip::Rp2040).unwrap().main;
        // SUB SP, #508.
        assert_eq!(main(0xb0ff, &[2]), 4 + 3 * 508);
        assert_eq!(main(0xb0ff, &[]), 4 + BOOT_ROM_LEN_MAX);
        assert_eq!(main(push(1), &[2]), 4 + BOOT_ROM_LEN_MAX);
    }

    #[test]
    fn task_is_not_entered_from_a_task() {
        let poll = code(&[0xb0ff, 0xb0ff, BLX_R3]);
        let main = |name| {
            let functions = [("Reset", code(&[push(1), BLX_R3])), ("Handler", code(&[])), (name, poll)];
            Stack::of(&image(&functions, &[2]), Chip::Rp2040).unwrap()
        };
        let (task, other) = (main(TASK), main("other"));
        assert_eq!((task.main, task.task_count, task.cyclic_count), (4 + 1016 + BOOT_ROM_LEN_MAX, 1, 0));
        assert_eq!((other.main, other.task_count, other.cyclic_count), (4 + 2 * 1016 + BOOT_ROM_LEN_MAX, 0, 1));
    }

    #[test]
    fn interrupts_enter_tasks_where_an_executor_for_them_is_linked() {
        let functions = [("Reset", code(&[])), ("Handler", code(&[BLX_R3])), (TASK, code(&[0xb0ff, 0xb0ff]))];
        let mut image = image(&functions, &[2]);
        let deepest = |image: &Image| Stack::of(image, Chip::Rp2040).unwrap().interrupts[0].1;
        assert_eq!(deepest(&image), 36 + BOOT_ROM_LEN_MAX);
        image.debug_strings = b"run\0InterruptExecutor\0".to_vec();
        assert_eq!(deepest(&image), 36 + 1016);
        image.debug_strings.clear();
        assert_eq!(deepest(&image), 36 + 1016);
    }

    #[test]
    fn one_handler_of_two_interrupts_may_be_active_twice() {
        let functions = [("Reset", code(&[])), ("Handler", code(&[push(1)]))];
        let mut image = image(&functions, &[]);
        let table = &mut image.sections[0];
        let bytes = table.bytes.as_mut().unwrap();
        bytes.extend_from_within(4 * FIRST_WITH_PRIORITY..4 * FIRST_WITH_PRIORITY + 4);
        table.size += 4;
        let stack = Stack::of(&image, Chip::Rp2040).unwrap();
        assert_eq!(stack.worst(), 4 * (36 + 4));
        assert!(stack.to_string().contains("    80  interrupt: Handler, 2 times\n"), "{stack}");
    }

    #[test]
    fn handler_outside_the_image_is_refused() {
        let mut image = image(&[("Reset", code(&[])), ("Handler", code(&[]))], &[]);
        image.sections[0].bytes.as_mut().unwrap()[4 * FIRST_WITH_PRIORITY + 3] = 0x11;
        let error = Stack::of(&image, Chip::Rp2040).unwrap_err();
        assert!(matches!(error, StackError::UnknownHandler { address } if address >> 24 == 0x11), "{error}");
    }

    #[test]
    fn recursion_is_named() {
        let functions = [
            ("Reset", main_calling(2)),
            ("Handler", code(&[])),
            ("again", {
                let [first, second] = call(9, 8);
                code(&[push(4), first, second])
            }),
        ];
        let stack = Stack::of(&image(&functions, &[]), Chip::Rp2040).unwrap();
        assert_eq!(stack.recursive, ["again"]);
        assert_eq!(stack.main, 8 + CYCLE_ROUNDS * 16);
    }

    #[test]
    fn stack_must_fit_to_the_byte() {
        let stack = |main| Stack { main, room: 1000, interrupts: vec![(String::new(), 100)], ..Stack::default() };
        assert!(stack(900).judge().is_ok());
        let error = stack(901).judge().unwrap_err().to_string();
        assert!(error.starts_with("the stack may need 1001 bytes, 1 more than the 1000"), "{error}");
    }

    #[test]
    fn image_without_vectors_or_stack_is_refused() {
        let functions = [("Reset", code(&[])), ("Handler", code(&[]))];
        let mut without_stack = image(&functions, &[]);
        without_stack.symbols.pop();
        assert!(matches!(Stack::of(&without_stack, Chip::Rp2040), Err(StackError::NoStack)));
        let mut without_vectors = image(&functions, &[]);
        without_vectors.sections.remove(0);
        assert!(matches!(Stack::of(&without_vectors, Chip::Rp2040), Err(StackError::NoVectorTable)));
    }
}
