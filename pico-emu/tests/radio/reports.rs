//! What the radio reports instead of pretending.

use pico_emu::cyw43439::{FrameError, Function, ImageProblem, Kind, Misuse, NotModelled, Report};

use crate::air::Air;
use crate::board::{ADDRESS, Way};
use crate::c_driver::{BACKPLANE, BUS, CDriver, MEMORY_WRAPPER, Refused, WLAN, WLAN_WRAPPER, command};

const UNSUPPORTED: Result<Vec<u8>, Refused> = Err(Refused(-23));

fn with_bus() -> CDriver {
    let mut driver = CDriver::new(Way::Bulk, Air::default());
    driver.start_bus();
    driver
}

fn not_modelled(driver: &mut CDriver, wanted: NotModelled) {
    assert_eq!(driver.take_reports(), [Report::NotModelled(wanted)]);
}

fn misused(driver: &mut CDriver, wanted: Misuse) {
    assert_eq!(driver.take_reports(), [Report::Misuse(wanted)]);
}

#[test]
fn commands_that_are_not_modelled_are_reported_and_refused() {
    let mut driver = CDriver::started(Air::default());
    let ioctl =
        |kind, command, interface, data: &[u8]| NotModelled::Ioctl { kind, command, interface, data: data.into() };
    assert_eq!(driver.attempt(Kind::Set, 108, 0, &[1, 0, 0, 0]), UNSUPPORTED);
    not_modelled(&mut driver, ioctl(Kind::Set, 108, 0, &[1, 0, 0, 0]));
    assert_eq!(driver.attempt(Kind::Get, 107, 1, &[0; 4]), UNSUPPORTED);
    not_modelled(&mut driver, ioctl(Kind::Get, 107, 1, &[0; 4]));
    // What was never set is known to the firmware alone.
    assert_eq!(driver.attempt(Kind::Get, 164, 0, &[0; 4]), UNSUPPORTED);
    not_modelled(&mut driver, ioctl(Kind::Get, 164, 0, &[0; 4]));
    // No infrastructure, WEP, and WPA without its second version.
    for (command, value) in [(20, 0), (134, 1), (165, 4)] {
        assert_eq!(driver.attempt(Kind::Set, command, 0, &[value, 0, 0, 0]), UNSUPPORTED);
        not_modelled(&mut driver, ioctl(Kind::Set, command, 0, &[value, 0, 0, 0]));
    }
    // A network with WPA3 alone.
    driver.set_number(165, 0x4_0000, 0);
    let name = [&4_u32.to_le_bytes()[..], b"Home", &[0; 28]].concat();
    assert_eq!(driver.attempt(Kind::Set, 26, 0, &name), UNSUPPORTED);
    not_modelled(&mut driver, ioctl(Kind::Set, 26, 0, &name));
    // A key that was computed from the passphrase.
    let key = [&[64, 0, 0, 0][..], &[b'a'; 64]].concat();
    assert_eq!(driver.attempt(Kind::Set, 268, 0, &key), UNSUPPORTED);
    not_modelled(&mut driver, ioctl(Kind::Set, 268, 0, &key));
}

#[test]
fn variables_that_are_not_modelled_are_reported_and_refused() {
    let mut driver = CDriver::started(Air::default());
    let variable = |kind, name: &str, data: &[u8]| NotModelled::Variable {
        kind,
        name: name.into(),
        interface: 0,
        data: data.into(),
    };
    assert_eq!(driver.attempt_variable(Kind::Get, "ver", &[0; 60]), UNSUPPORTED);
    not_modelled(&mut driver, variable(Kind::Get, "ver", &[0; 60]));
    assert_eq!(driver.attempt_variable(Kind::Set, "join", &[1, 2]), UNSUPPORTED);
    not_modelled(&mut driver, variable(Kind::Set, "join", &[1, 2]));
    assert_eq!(driver.attempt_variable(Kind::Set, "bus:txglom", &[1, 0, 0, 0]), UNSUPPORTED);
    not_modelled(&mut driver, variable(Kind::Set, "bus:txglom", &[1, 0, 0, 0]));
    assert_eq!(driver.attempt_variable(Kind::Set, "cur_etheraddr", &[2; 6]), UNSUPPORTED);
    not_modelled(&mut driver, variable(Kind::Set, "cur_etheraddr", &[2; 6]));
    assert_eq!(driver.variable("cur_etheraddr", &[0; 6])[..6], ADDRESS);
}

#[test]
fn what_is_not_modelled_behind_the_bus_reads_as_zero_and_is_reported() {
    let mut driver = with_bus();
    assert_eq!(driver.read(BUS, 0x40, 1), 0);
    not_modelled(&mut driver, NotModelled::BusRegister(0x40));
    driver.write(BUS, 0x14, 1, 1);
    not_modelled(&mut driver, NotModelled::BusRegister(0x14));
    driver.write(BUS, 0x00, 0x0002_04b7, 4);
    not_modelled(&mut driver, NotModelled::BusControl(0x0002_04b7));
    assert_eq!(driver.read(BACKPLANE, 0x1_0005, 1), 0);
    not_modelled(&mut driver, NotModelled::FunctionRegister(0x1_0005));
    driver.write(BACKPLANE, 0x1_000d, 2, 1);
    not_modelled(&mut driver, NotModelled::FunctionRegister(0x1_000d));
    assert_eq!(driver.read_backplane(0x1800_2040, 4), 0);
    not_modelled(&mut driver, NotModelled::Backplane(0x1800_2040));
    driver.write_backplane(WLAN_WRAPPER + 0x500, 1, 4);
    not_modelled(&mut driver, NotModelled::Backplane(WLAN_WRAPPER + 0x500));
    assert_eq!(driver.read(3, 0, 4), 0);
    not_modelled(&mut driver, NotModelled::Bluetooth);
}

#[test]
fn an_upload_that_no_processor_runs_is_reported_and_does_not_start() {
    let image = |start: &[u8], end: &[u8]| {
        let mut driver = with_bus();
        driver.reset_core(MEMORY_WRAPPER);
        driver.download(0, start);
        driver.download(0x8_0000 - end.len() as u32, end);
        driver.reset_core(WLAN_WRAPPER);
        assert_eq!(driver.chip.deadline_us(), None);
        driver.take_reports()
    };
    let vectors = [0, 0, 0, 0, 0x71, 0x14, 0, 0];
    let problem = |problem| [Report::Misuse(Misuse::FirmwareNotStarted(problem))];
    assert_eq!(image(&[0; 8], &[0; 8]), problem(ImageProblem::ResetVector(0)));
    assert_eq!(image(&[0, 0, 0, 0, 1, 0, 8, 0], &[0; 8]), problem(ImageProblem::ResetVector(0x8_0001)));
    assert_eq!(image(&vectors, &[0; 8]), problem(ImageProblem::NvramLength(0)));
    assert_eq!(image(&vectors, b"a=b\0\x01\0\xff\xff"), problem(ImageProblem::NvramLength(0xffff_0001)));
    assert_eq!(image(&vectors, b"=b\0\0\x01\0\xfe\xff"), problem(ImageProblem::Nvram(4)));
    assert_eq!(image(&vectors, b"\0\0\0\0\x01\0\xfe\xff"), problem(ImageProblem::Nvram(4)));
}

#[test]
fn memory_that_is_used_in_reset_is_reported() {
    let mut driver = with_bus();
    driver.write_backplane(0x1234, 5, 4);
    misused(&mut driver, Misuse::MemoryInReset(0x1234));
    assert_eq!(driver.read_backplane(0x1234, 4), 0);
    misused(&mut driver, Misuse::MemoryInReset(0x1234));
}

#[test]
fn frames_before_the_firmware_runs_are_reported() {
    let mut driver = with_bus();
    driver.transfer(&[command(true, WLAN, 0, 4).to_le_bytes(), [0; 4]].concat(), 0);
    misused(&mut driver, Misuse::FunctionNotReady);
}

#[test]
fn transactions_of_a_wrong_length_are_reported() {
    let mut driver = CDriver::started(Air::default());
    driver.transfer(&[command(true, WLAN, 0, 64).to_le_bytes(), [0; 4]].concat(), 0);
    misused(&mut driver, Misuse::ShortWrite { function: Function::Wlan, announced: 64, received: 4 });
    driver.send_question();
    let len = (driver.read(BUS, 0x08, 4) >> 9 & 0x7ff) as usize;
    driver.transfer(&command(false, WLAN, 0, len).to_le_bytes(), 12);
    misused(&mut driver, Misuse::ShortRead { len, read: 12 });
    driver.send_question();
    driver.transfer(&command(false, WLAN, 0, 16).to_le_bytes(), 64);
    misused(&mut driver, Misuse::ShortRead { len, read: 16 });
    // What comes before a frame is nothing of it.
    driver.write(BUS, 0x1e, 4, 1);
    driver.send_question();
    driver.transfer(&command(false, WLAN, 0, len).to_le_bytes(), 16);
    misused(&mut driver, Misuse::ShortRead { len, read: 12 });
    driver.set_window(0);
    driver.read_bytes(BACKPLANE, 0, 65);
    misused(&mut driver, Misuse::TransferTooLong(65));
}

#[test]
fn frames_that_no_firmware_reads_are_reported() {
    let mut driver = CDriver::started(Air::default());
    for (frame, wanted) in [
        (&[8, 0, 0xf7, 0xff][..], FrameError::Short { header: "SDPCM", len: 4 }),
        (&[12, 0, 0xf3, 0xfe, 0, 0, 0, 12], FrameError::Length { len: 12, complement: 0xfef3 }),
        (&[13, 0, 0xf2, 0xff, 0, 0, 0, 12, 0, 0, 0, 0], FrameError::Bounds { len: 13, header_len: 12, sent: 12 }),
        (&[12, 0, 0xf3, 0xff, 0, 0, 0, 11, 0, 0, 0, 0], FrameError::Bounds { len: 12, header_len: 11, sent: 12 }),
        (&[12, 0, 0xf3, 0xff, 0, 0, 0, 12, 0, 0, 0, 0], FrameError::Short { header: "CDC", len: 0 }),
        (&[12, 0, 0xf3, 0xff, 0, 2, 0, 12, 0, 0, 0, 0], FrameError::Short { header: "BDC", len: 0 }),
        (&[16, 0, 0xef, 0xff, 0, 2, 0, 12, 0, 0, 0, 0, 0x20, 0, 0, 0], FrameError::Ethernet(0)),
    ] {
        let mut sent = command(true, WLAN, 0, frame.len()).to_le_bytes().to_vec();
        sent.extend(frame);
        let sequence = driver.next_sequence();
        if let Some(byte) = sent.get_mut(4 + 4) {
            *byte = sequence;
        }
        driver.transfer(&sent, 0);
        misused(&mut driver, Misuse::Frame(wanted));
    }
    let long = [&[2; 1515][..]].concat();
    driver.send_ethernet(0, &long);
    misused(&mut driver, Misuse::Frame(FrameError::Ethernet(1515)));
}

#[test]
fn other_channels_and_frames_without_credit_are_reported() {
    let mut driver = CDriver::started(Air::default());
    let sequence = driver.next_sequence();
    let frame = |channel, sequence| {
        let command = command(true, WLAN, 0, 12).to_le_bytes();
        [&command[..], &[12, 0, 0xf3, 0xff, sequence, channel, 0, 12, 0, 0, 0, 0]].concat()
    };
    driver.transfer(&frame(3, sequence), 0);
    not_modelled(&mut driver, NotModelled::Channel(3));
    let sequence = sequence.wrapping_add(40);
    driver.transfer(&frame(1, sequence), 0);
    let reports = driver.take_reports();
    let [Report::Misuse(Misuse::NoCredit { sequence: seen, .. }), Report::NotModelled(_)] = reports[..] else {
        panic!("{reports:?}");
    };
    assert_eq!(seen, sequence);
}

#[test]
fn only_so_many_reports_are_kept() {
    let mut driver = with_bus();
    for _ in 0..100 {
        driver.read(BUS, 0x40, 1);
    }
    assert_eq!(driver.take_reports().len(), 64);
}

#[test]
fn reports_say_whose_fault_it_is() {
    let words = |report: Report| report.to_string();
    assert_eq!(
        words(NotModelled::Backplane(0x1800_2040).into()),
        "the CYW43439 is asked for something that is not modelled: backplane address 0x18002040"
    );
    assert_eq!(
        words(Misuse::FirmwareNotStarted(ImageProblem::NvramLength(0)).into()),
        "the CYW43439 is misused by its driver: the WLAN processor was released, but the last word of its memory is \
         0x00000000, which is no length with its complement: write it after the NVRAM data"
    );
}
