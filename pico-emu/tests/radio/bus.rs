//! The bus itself: its registers, the interrupt on the data line, and the registers behind it.

use pico_emu::cyw43439::Cyw43439;

use crate::air::Air;
use crate::board::{ADDRESS, Way};
use crate::c_driver::{BACKPLANE, BUS, CDriver, MEMORY_WRAPPER, WLAN, WLAN_WRAPPER, command};

/// A driver whose bus is set up, and no more.
fn with_bus() -> CDriver {
    let mut driver = CDriver::new(Way::Bulk, Air::default());
    driver.start_bus();
    driver
}

/// A driver whose radio has an answer for it: to a question for the address.
fn with_waiting_frame() -> CDriver {
    let mut driver = CDriver::started(Air::default());
    driver.send_question();
    driver
}

#[test]
fn without_power_the_chip_drives_nothing() {
    let mut chip = Cyw43439::new(ADDRESS);
    assert_eq!(chip.data(), None);
    let mut read = [1; 2];
    chip.transfer(&[command(false, BUS, 0x14, 4).rotate_left(16)], &mut read);
    assert_eq!(read, [0; 2]);
}

#[test]
fn each_word_order_reads_the_test_pattern() {
    let pattern = command(false, BUS, 0x14, 4);
    let control = command(true, BUS, 0x00, 4);
    let mut chip = Cyw43439::new(ADDRESS);
    chip.set_power(true);
    let mut word = [0];
    chip.transfer(&[pattern.rotate_left(16)], &mut word);
    assert_eq!(word[0].rotate_left(16), 0xfeed_bead);
    // Words of 32 bits, the highest byte first.
    chip.transfer(&[control.rotate_left(16), 0x0002_00b1_u32.rotate_left(16)], &mut []);
    chip.transfer(&[pattern], &mut word);
    assert_eq!(word[0], 0xfeed_bead);
    // As they lie in memory.
    chip.transfer(&[control, 0x0002_00b3], &mut []);
    chip.transfer(&[pattern.swap_bytes()], &mut word);
    assert_eq!(word[0].swap_bytes(), 0xfeed_bead);
}

#[test]
fn the_test_register_keeps_its_value_across_a_change_of_the_word_order() {
    let mut chip = Cyw43439::new(ADDRESS);
    chip.set_power(true);
    let swapped = |word: u32| word.rotate_left(16);
    chip.transfer(&[swapped(command(true, BUS, 0x18, 4)), swapped(0x1234_5678)], &mut []);
    chip.transfer(&[swapped(command(true, BUS, 0x00, 4)), swapped(0x0003_04b1)], &mut []);
    // The status word comes behind it, and nothing of interest is in it.
    let mut words = [0, 1];
    chip.transfer(&[command(false, BUS, 0x18, 4)], &mut words);
    assert_eq!(words, [0x1234_5678, 0]);
}

#[test]
fn the_response_delay_is_what_was_set() {
    let mut driver = with_bus();
    for delay in [0, 1, 4, 7, 16] {
        driver.write(BUS, 0x1d, delay as u32, 1);
        driver.write(BACKPLANE, 0x1_0008, 0x5a, 1);
        let sent = command(false, BACKPLANE, 0x1_0008, 1).to_le_bytes();
        let read = driver.transfer(&sent, 24);
        assert_eq!(read.iter().position(|&byte| byte != 0), Some(delay));
        assert_eq!(read[delay], 0x5a);
    }
}

#[test]
fn every_byte_of_a_register_can_be_read_and_written_by_itself() {
    let mut driver = with_bus();
    driver.write(BUS, 0x18, 0x4433_2211, 4);
    driver.write(BUS, 0x19, 0xaa, 1);
    driver.write(BUS, 0x1a, 0xbbcc, 2);
    assert_eq!(driver.read(BUS, 0x18, 4), 0xbbcc_aa11);
    for (offset, byte) in [0x11, 0xaa, 0xcc, 0xbb].into_iter().enumerate() {
        assert_eq!(driver.read(BUS, 0x18 + offset as u32, 1), byte);
    }
    driver.write_backplane(0x1800_4044, 0x4433_2211, 4);
    driver.write_backplane(0x1800_4045, 0xaa, 1);
    driver.write_backplane(0x1800_4046, 0xbbcc, 2);
    assert_eq!(driver.read_backplane(0x1800_4044, 4), 0xbbcc_aa11);
    assert_eq!(driver.read_backplane(0x1800_4046, 2), 0xbbcc);
    assert_eq!(driver.take_reports(), []);
}

#[test]
fn the_chip_says_which_it_is() {
    assert_eq!(with_bus().read_backplane(0x1800_0000, 2), 43439);
}

#[test]
fn memory_holds_what_was_uploaded_across_windows() {
    let mut driver = with_bus();
    driver.reset_core(MEMORY_WRAPPER);
    let bytes = (0..1024_u32).flat_map(|at| (at * 3).to_le_bytes()).collect::<Vec<_>>();
    driver.download(0x7c00, &bytes);
    for (at, word) in bytes.chunks(4).enumerate() {
        let address = 0x7c00 + 4 * at as u32;
        assert_eq!(driver.read_backplane(address, 4).to_le_bytes(), word, "{address:#x}");
    }
    assert_eq!(driver.take_reports(), []);
}

#[test]
fn the_firmware_leaves_a_pointer_to_its_console_whose_log_is_empty() {
    let mut driver = CDriver::started(Air::default());
    // The last word below the memory that keeps its content in sleep.
    let shared = driver.read_backplane(0x6_fffc, 4);
    let console = driver.read_backplane(shared + 0x14, 4);
    let [log, len, written] = [0x08, 0x0c, 0x10].map(|offset| driver.read_backplane(console + offset, 4));
    assert_eq!((len, written), (1024, 0));
    let firmware_len = cyw43_firmware::CYW43_43439A0.len() as u32;
    assert!(firmware_len <= shared && shared < console && console < log && log + len <= 0x6_fffc);
    assert_eq!(driver.take_reports(), []);
}

#[test]
fn the_data_line_tells_of_frames_while_the_interrupt_is_enabled() {
    let mut driver = with_waiting_frame();
    assert_eq!(driver.chip.data(), Some(true));
    // Clearing it changes nothing: the frame still waits.
    driver.write(BUS, 0x04, 0xffff, 2);
    assert_eq!(driver.chip.data(), Some(true));
    driver.write(BUS, 0x06, 0xbe & !0x20, 2);
    assert_eq!(driver.chip.data(), Some(false));
    driver.write(BUS, 0x06, 0x20, 2);
    assert_eq!(driver.chip.data(), Some(true));
    let len = driver.read(BUS, 0x08, 4) >> 9 & 0x7ff;
    driver.read_bytes(WLAN, 0, len as usize);
    assert_eq!(driver.chip.data(), Some(false));
}

#[test]
fn the_interrupts_polarity_can_be_turned() {
    let mut driver = with_waiting_frame();
    driver.write(BUS, 0x00, 0x93, 1);
    assert_eq!(driver.chip.data(), Some(false));
    let len = driver.read(BUS, 0x08, 4) >> 9 & 0x7ff;
    driver.read_bytes(WLAN, 0, len as usize);
    assert_eq!(driver.chip.data(), Some(true));
}

#[test]
fn a_read_without_a_frame_is_an_error_until_it_is_cleared() {
    let mut driver = CDriver::started(Air::default());
    assert_eq!(driver.read_bytes(WLAN, 0, 64), [0; 64]);
    assert_eq!(driver.read(BUS, 0x04, 2), 1);
    assert_eq!(driver.read(BUS, 0x08, 4), 0x21);
    driver.write(BUS, 0x04, 1, 2);
    assert_eq!(driver.read(BUS, 0x04, 2), 0);
    assert_eq!(driver.read(BUS, 0x08, 4), 0x20);
}

#[test]
fn a_frame_can_be_dropped_unread() {
    let mut driver = with_waiting_frame();
    driver.write(BACKPLANE, 0x1_000d, 1, 1);
    assert_eq!(driver.chip.data(), Some(false));
    assert_eq!(driver.read(BUS, 0x08, 4), 0x20);
    assert_eq!(driver.take_reports(), []);
}

#[test]
fn the_status_word_behind_a_frame_tells_of_the_next_one() {
    let mut driver = with_waiting_frame();
    driver.send_question();
    driver.write(BUS, 0x00, 0x0003_04b3, 4);
    let len = driver.read(BUS, 0x08, 4) >> 9 & 0x7ff;
    let sent = command(false, WLAN, 0, len as usize).to_le_bytes();
    let aligned = len.next_multiple_of(4) as usize;
    let read = driver.transfer(&sent, aligned + 4);
    assert_eq!(read[aligned..], (0x120 | len << 9).to_le_bytes());
    let read = driver.transfer(&sent, aligned + 4);
    assert_eq!(read[aligned..], 0x20_u32.to_le_bytes());
}

#[test]
fn functions_say_whether_they_can_be_used() {
    let mut driver = with_bus();
    assert_eq!((driver.read(BUS, 0x0c, 2), driver.read(BUS, 0x0e, 2), driver.read(BUS, 0x10, 2)), (0x103, 0x2000, 0));
    let mut driver = CDriver::started(Air::default());
    assert_eq!((driver.read(BUS, 0x0c, 2), driver.read(BUS, 0x0e, 2), driver.read(BUS, 0x10, 2)), (0x103, 0x2003, 0));
}

/// The times of a start, after the processor's release.
#[test]
fn the_fast_clock_and_the_firmware_take_their_time() {
    let mut driver = with_bus();
    driver.upload();
    driver.reset_core(WLAN_WRAPPER);
    // The driver itself waits for a millisecond after the release.
    let clock_us = driver.chip.deadline_us().unwrap();
    assert!((17_980..=18_000).contains(&(clock_us - driver.now_us)));
    driver.chip.poll(clock_us - 1, &mut Air::default());
    assert_eq!(read_clock(&mut driver.chip), 0);
    let ready_us = driver.chip.poll(clock_us, &mut Air::default()).unwrap();
    assert_eq!(read_clock(&mut driver.chip), 0xc0);
    driver.chip.poll(ready_us - 1, &mut Air::default());
    assert_eq!(read_status(&mut driver.chip), 0);
    driver.chip.poll(ready_us, &mut Air::default());
    // Ready, with a frame of a header alone that gives credit.
    assert_eq!(read_status(&mut driver.chip), 0x20 | 0x100 | 12 << 9);
    assert_eq!(ready_us - clock_us, 84_000);
    assert_eq!(driver.take_reports(), []);
}

fn read_clock(chip: &mut Cyw43439) -> u32 {
    let mut words = [0; 5];
    chip.transfer(&[command(false, BACKPLANE, 0x1_000e, 1).swap_bytes()], &mut words);
    words[4].swap_bytes()
}

fn read_status(chip: &mut Cyw43439) -> u32 {
    let mut words = [0];
    chip.transfer(&[command(false, BUS, 0x08, 4).swap_bytes()], &mut words);
    words[0].swap_bytes()
}

#[test]
fn the_processor_in_reset_takes_no_frames_and_starts_anew() {
    let mut driver = CDriver::started(Air::default());
    driver.write_backplane(WLAN_WRAPPER + 0x800, 1, 1);
    driver.write_backplane(MEMORY_WRAPPER + 0x800, 1, 1);
    assert_eq!(driver.read(BUS, 0x08, 4), 0);
    assert_eq!(driver.read(BACKPLANE, 0x1_000e, 1) & 0x80, 0);
    driver.upload();
    driver.finish_start();
    assert_eq!(driver.take_reports(), []);
}
