//! Scans of the C driver.

use crate::air::{Air, bssid};
use crate::c_driver::event::{ESCAN_RESULT, SET_SSID};
use crate::c_driver::{CDriver, Event};

#[test]
fn networks_are_heard_with_their_security() {
    let mut driver = CDriver::started(Air::of_two());
    driver.events.clear();
    let mut parameters = vec![0; 74];
    parameters[0] = 1;
    parameters[4] = 1;
    parameters[44..50].fill(0xff);
    parameters[50] = 2;
    parameters[52..68].fill(0xff);
    driver.set_variable("escan", &parameters, 0);
    driver.pass_ms(1000);
    driver.listen();
    let heard = driver.events.iter().filter(|event| event.status == 8).map(|event| {
        let network = &event.message[48 + 12..];
        let word = |at: usize| u32::from_le_bytes(network[at..at + 4].try_into().unwrap());
        let (start, len) = (word(116) as u16, word(120));
        assert_eq!(u32::from(start) + len, word(4), "information elements within the network's length");
        let mut elements = &network[usize::from(start)..];
        let mut is_wpa2 = false;
        while let [number, len, rest @ ..] = elements {
            is_wpa2 |= *number == 48;
            elements = &rest[usize::from(*len)..];
        }
        (network[8..14].to_vec(), network[72], i16::from_le_bytes([network[78], network[79]]), is_wpa2)
    });
    let wanted = [(bssid(1).to_vec(), 1, -60, false), (bssid(2).to_vec(), 6, -47, true)];
    assert_eq!(heard.collect::<Vec<_>>(), wanted);
    assert_eq!(driver.events.last().map(Event::summary), Some((ESCAN_RESULT, 0, 0, 0)));
}

#[test]
fn a_scan_is_ended_by_the_driver_a_join_or_the_next_scan() {
    let mut parameters = vec![0; 74];
    parameters[4] = 1;
    parameters[44..50].fill(0xff);
    parameters[52..68].fill(0xff);
    let mut abort = parameters.clone();
    abort[4] = 3;
    let mut driver = CDriver::started(Air::default());
    driver.events.clear();
    driver.set_variable("escan", &parameters, 0);
    driver.set_variable("escan", &abort, 0);
    assert_eq!(driver.summaries(), [(ESCAN_RESULT, 4, 0, 0)]);
    driver.set_variable("escan", &parameters, 0);
    driver.set_variable("escan", &parameters, 0);
    assert_eq!(driver.summaries(), [(ESCAN_RESULT, 9, 0, 0)]);
    let join = [&4_u32.to_le_bytes()[..], b"Cafe", &[0; 28]].concat();
    driver.set(26, &join, 0);
    assert_eq!(driver.summaries(), [(ESCAN_RESULT, 10, 0, 0), (SET_SSID, 3, 0, 0)]);
}
