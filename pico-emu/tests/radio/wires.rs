//! Whole transactions come to the same as their bits, and no bits bring the chip down.

use std::sync::OnceLock;

use pico_emu::cyw43439::{Cyw43439, Farewell, JoinFailure, LinkEvent};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::air::Air;
use crate::board::{ADDRESS, clock_program};
use crate::c_driver::{BACKPLANE, BUS, CDriver, WLAN, command};

/// Something that is done to a chip.
#[derive(Clone, Debug)]
enum Step {
    Transfer { write: Vec<u32>, read: usize },
    Time(u64),
    Power,
    Event(LinkEvent),
    Arrival(Vec<u8>),
}

/// A chip that was just switched on, and one whose firmware runs and has joined a network.
fn chips() -> &'static [(Cyw43439, Air); 2] {
    static CHIPS: OnceLock<[(Cyw43439, Air); 2]> = OnceLock::new();
    CHIPS.get_or_init(|| {
        let mut fresh = Cyw43439::new(ADDRESS);
        fresh.set_power(true);
        let mut driver = CDriver::started(Air::of_two());
        driver.set(26, &[&4_u32.to_le_bytes()[..], b"Cafe", &[0; 28]].concat(), 0);
        driver.listen();
        assert_eq!(driver.air.joined, Some(0));
        [(fresh, Air::of_two()), (driver.chip, driver.air)]
    })
}

/// Commands as drivers give them, and any others; in any order of words.
fn command_word() -> impl Strategy<Value = u32> {
    let address = prop_oneof![
        select(vec![0x00, 0x04, 0x06, 0x08, 0x0c, 0x14, 0x18, 0x1c, 0x1d, 0xf0]),
        0x1_0005..0x1_0020_u32,
        0_u32..0x2_0000,
    ];
    let len = prop_oneof![1..=4_usize, 4..=64_usize, 0..=2047_usize];
    let order = 0..3_u8;
    (any::<bool>(), select(vec![BUS, BACKPLANE, WLAN, WLAN, 3]), address, len, order).prop_map(
        |(is_write, function, address, len, order)| {
            let word = command(is_write, function, address, len);
            match order {
                0 => word.rotate_left(16),
                1 => word,
                _ => word.swap_bytes(),
            }
        },
    )
}

/// The bytes of a frame for the firmware, right or wrong in one place, as the bus is set up after a start.
fn frame() -> impl Strategy<Value = Vec<u32>> {
    let name = select(vec![
        "bss",
        "bsscfg:event_msgs",
        "bsscfg:ssid",
        "bsscfg:wsec",
        "clmload",
        "country",
        "cur_etheraddr",
        "escan",
        "event_msgs",
        "gpioout",
        "mcast_list",
        "sae_password",
        "mfp",
        "bus:txglom",
        "unheard-of",
    ]);
    let variable = (name, proptest::collection::vec(prop_oneof![Just(0_u8), Just(1), any::<u8>()], 0..90))
        .prop_map(|(name, data)| (263_u32, [name.as_bytes(), &[0], &data].concat()));
    let ioctl = (0..330_u32, proptest::collection::vec(any::<u8>(), 0..90));
    let request = (prop_oneof![variable, ioctl], any::<u16>()).prop_map(|((command, data), flags)| {
        let len = (data.len() as u32).to_le_bytes();
        [&command.to_le_bytes()[..], &len, &flags.to_le_bytes(), &[1, 0, 0, 0, 0, 0], &data].concat()
    });
    let ethernet =
        proptest::collection::vec(any::<u8>(), 0..1600).prop_map(|data| [&[0x20, 0, 0, 0][..], &data].concat());
    let payload = prop_oneof![request.prop_map(|bytes| (0_u8, bytes)), ethernet.prop_map(|bytes| (2_u8, bytes))];
    (payload, any::<u8>(), proptest::option::of((any::<Index>(), any::<u8>()))).prop_map(
        |((channel, payload), sequence, damage)| {
            let len = (12 + payload.len()) as u16;
            let mut frame = [len.to_le_bytes(), (!len).to_le_bytes()].concat();
            frame.extend([sequence, channel, 0, 12, 0, 0, 0, 0]);
            frame.extend(payload);
            if let Some((at, byte)) = damage {
                *at.get_mut(&mut frame) = byte;
            }
            frame.resize(frame.len().next_multiple_of(4), 0);
            let command = command(true, WLAN, 0, frame.len()).swap_bytes();
            let words = frame.chunks(4).map(|word| u32::from_be_bytes(word.try_into().expect("four bytes")));
            std::iter::once(command).chain(words).collect()
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let words = proptest::collection::vec(any::<u32>(), 0..20);
    let transfer = (command_word(), words, 0..20_usize).prop_map(|(command, mut write, read)| {
        write.insert(0, command);
        Step::Transfer { write, read }
    });
    let poll_frame = Just(Step::Transfer { write: vec![command(false, WLAN, 0, 2044).swap_bytes()], read: 512 });
    let event = prop_oneof![
        Just(LinkEvent::Joined { bssid: [2; 6], channel: 6 }),
        Just(LinkEvent::JoinFailed(JoinFailure::WrongPassphrase)),
        Just(LinkEvent::LinkLost),
        Just(LinkEvent::SentAway(Farewell::Deauthenticated(7))),
        Just(LinkEvent::StationJoined([4; 6])),
        Just(LinkEvent::StationLeft([4; 6], Farewell::Disassociated(8))),
    ];
    prop_oneof![
        8 => transfer,
        8 => frame().prop_map(|write| Step::Transfer { write, read: 1 }),
        4 => poll_frame,
        4 => (0..2_000_000_u64).prop_map(Step::Time),
        1 => Just(Step::Power),
        2 => event.prop_map(Step::Event),
        2 => proptest::collection::vec(any::<u8>(), 0..1600).prop_map(Step::Arrival),
    ]
}

/// Does something to a chip, and says all that can be seen of it.
fn apply(chip: &mut Cyw43439, air: &mut Air, now_us: &mut u64, step: &Step, transfer: Transfer) -> String {
    let mut words = Vec::new();
    match step {
        Step::Transfer { write, read } => {
            words.resize(*read, 0);
            transfer(chip, write, &mut words);
        }
        Step::Time(us) => *now_us += us,
        Step::Power => {
            chip.set_power(false);
            chip.set_power(true);
        }
        Step::Event(event) => air.events.push_back(*event),
        Step::Arrival(frame) => air.arriving.push_back(frame.clone()),
    }
    let line = chip.data();
    let due = chip.poll(*now_us, air);
    let reports = std::iter::from_fn(|| chip.take_report()).collect::<Vec<_>>();
    format!(
        "{words:x?} {line:?} {:?} {due:?} {:?} {reports:?} {air:?}",
        chip.data(),
        [0, 1, 2].map(|pin| chip.gpio(pin))
    )
}

type Transfer = fn(&mut Cyw43439, &[u32], &mut [u32]);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whole_transactions_come_to_the_same_as_their_bits(
        which in 0..2_usize,
        steps in proptest::collection::vec(step(), 1..30),
    ) {
        let (mut bulk, mut bulk_air) = chips()[which].clone();
        let (mut bits, mut bits_air) = chips()[which].clone();
        let (mut bulk_us, mut bits_us) = (10_000_000, 10_000_000);
        for step in &steps {
            let bulk_seen = apply(&mut bulk, &mut bulk_air, &mut bulk_us, step, Cyw43439::transfer);
            let bits_seen = apply(&mut bits, &mut bits_air, &mut bits_us, step, clock_program);
            prop_assert_eq!(bulk_seen, bits_seen);
        }
    }

    #[test]
    fn no_edges_bring_the_chip_down(
        which in 0..2_usize,
        edges in proptest::collection::vec((0..16_u8, any::<bool>(), any::<bool>()), 0..4000),
    ) {
        let (mut chip, mut air) = chips()[which].clone();
        for (pin, level, data) in edges {
            match pin {
                0 => chip.set_select(level),
                1 if data => chip.set_power(level),
                _ => chip.set_clock(level, data),
            }
            let line = chip.data();
            chip.poll(10_000_000, &mut air);
            prop_assert!(line.is_none() || chip.data().is_some());
        }
    }
}
