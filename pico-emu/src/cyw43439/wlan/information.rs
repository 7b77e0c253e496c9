//! Information elements of IEEE 802.11, as the firmware passes them on.

/// Elements: number, length, contents.
const SSID: u8 = 0;
const SUPPORTED_RATES: u8 = 1;
const CHANNEL: u8 = 3;
const RSN: u8 = 48;
const EXTENDED_RATES: u8 = 50;

/// The rates of 802.11g in units of 500 kbit/s; the upper bit marks those that everyone must have.
const RATES: [u8; 8] = [0x82, 0x84, 0x8b, 0x96, 12, 18, 24, 36];
const FURTHER_RATES: [u8; 4] = [48, 72, 96, 108];

/// Robust security, version 1: AES for groups and pairs, pre-shared key, no capabilities.
const RSN_WPA2_PSK: [u8; 20] = [1, 0, 0x00, 0x0f, 0xac, 4, 1, 0, 0x00, 0x0f, 0xac, 4, 1, 0, 0x00, 0x0f, 0xac, 2, 0, 0];

/// All rates, as scan results list them.
pub(super) fn rates() -> Vec<u8> {
    [&RATES[..], &FURTHER_RATES].concat()
}

/// What an access point says of itself in beacons.
pub(super) fn beacon(ssid: &[u8], channel: u8, is_secure: bool) -> Vec<u8> {
    let mut elements = element(SSID, ssid);
    elements.extend(element(SUPPORTED_RATES, &RATES));
    elements.extend(element(CHANNEL, &[channel]));
    elements.extend(element(EXTENDED_RATES, &FURTHER_RATES));
    elements.extend(rsn(is_secure));
    elements
}

/// What a station says when it asks for association.
pub(super) fn association_request(ssid: &[u8], is_secure: bool) -> Vec<u8> {
    let mut elements = element(SSID, ssid);
    elements.extend(association_response());
    elements.extend(rsn(is_secure));
    elements
}

/// What an access point answers.
pub(super) fn association_response() -> Vec<u8> {
    let mut elements = element(SUPPORTED_RATES, &RATES);
    elements.extend(element(EXTENDED_RATES, &FURTHER_RATES));
    elements
}

/// How a link is secured; nothing for an open one.
pub(super) fn rsn(is_secure: bool) -> Vec<u8> {
    if is_secure { element(RSN, &RSN_WPA2_PSK) } else { Vec::new() }
}

fn element(number: u8, contents: &[u8]) -> Vec<u8> {
    [&[number, contents.len() as u8], contents].concat()
}
