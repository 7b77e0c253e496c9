//! Listening in on the air.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use rgb_sim::world::Pcap;

use crate::lab::Lab;

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// The frames of a file and their times, in microseconds.
fn read(mut file: &[u8]) -> Vec<(u64, Vec<u8>)> {
    assert_eq!([word(file, 0), word(file, 4), word(file, 20)], [0xa1b2_c3d4, 0x0004_0002, 1]);
    file = &file[24..];
    let mut frames = Vec::new();
    while !file.is_empty() {
        let (seconds, micros, len) = (word(file, 0), word(file, 4), word(file, 8));
        assert_eq!(word(file, 12), len);
        assert!(micros < 1_000_000);
        let (frame, rest) = file[16..].split_at(len as usize);
        frames.push((u64::from(seconds) * 1_000_000 + u64::from(micros), frame.to_vec()));
        file = rest;
    }
    frames
}

#[test]
fn every_frame_is_in_the_file_at_its_time() {
    let file = Shared::default();
    let mut lab = Lab::new(80);
    lab.world.air_mut().set_tap(Box::new(Pcap::new(file.clone())));
    let (server, _) = lab.working_pair();
    let end = lab.world.now().as_micros();
    lab.world.air_mut().take_tap().unwrap().finish().unwrap();
    lab.run(1);
    let frames = read(&file.0.lock().unwrap());
    assert!(frames.is_sorted_by_key(|(at, _)| *at) && frames.iter().all(|(at, _)| *at <= end));
    let holds =
        |text: &[u8]| frames.iter().filter(|(_, frame)| frame.windows(text.len()).any(|part| part == text)).count();
    let served = lab.counts(server).served as usize;
    assert!((3..=served).contains(&holds(b"GET Data")));
    // DHCP's magic number (RFC 2131, 3): two boards, four messages each.
    assert!(holds(&[99, 130, 83, 99]) >= 8);
    let types: Vec<_> = frames.iter().map(|(_, frame)| [frame[12], frame[13]]).collect();
    assert!(types.contains(&[8, 6]) && types.iter().all(|kind| [[8, 0], [8, 6]].contains(kind)));
}

struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_at_the_end() {
    for room in [10, 1000] {
        let mut lab = Lab::new(81);
        lab.world.air_mut().set_tap(Box::new(Pcap::new(Full(room))));
        lab.working_pair();
        let error = lab.world.air_mut().take_tap().unwrap().finish().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
