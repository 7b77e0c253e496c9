//! Ioctls and variables.

use pico_emu::cyw43439::Kind;

use super::{CDriver, four};

const GET_VARIABLE: u32 = 262;
const SET_VARIABLE: u32 = 263;

/// An ioctl that the radio refused, with its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) i32);

impl CDriver {
    /// Sends an ioctl, and leaves the answer with the radio.
    pub(crate) fn send_request(&mut self, kind: Kind, command: u32, interface: u8, data: &[u8]) {
        self.id = self.id.wrapping_add(1);
        let kind = if kind == Kind::Set { 2 } else { 0 };
        let mut payload = command.to_le_bytes().to_vec();
        payload.extend((data.len() as u32).to_le_bytes());
        payload.extend((kind | u16::from(interface) << 12).to_le_bytes());
        payload.extend(self.id.to_le_bytes());
        payload.extend([0; 4]);
        payload.extend(data);
        self.send(0, &payload);
    }

    /// Sends an ioctl and waits for its answer's data.
    pub(crate) fn attempt(&mut self, kind: Kind, command: u32, interface: u8, data: &[u8]) -> Result<Vec<u8>, Refused> {
        self.send_request(kind, command, interface, data);
        for _ in 0..10_000 {
            if let Some(answer) = self.poll_device() {
                let header = 12;
                assert_eq!(answer[header..header + 4], command.to_le_bytes());
                assert_eq!(answer[header + 10..header + 12], self.id.to_le_bytes());
                assert_eq!(answer.len(), header + 16 + data.len());
                self.last_answer = answer[header + 16..].to_vec();
                return match i32::from_le_bytes(four(&answer[header + 12..header + 16])) {
                    0 => Ok(self.last_answer.clone()),
                    status => Err(Refused(status)),
                };
            }
            self.pass_us(100);
        }
        panic!("no answer to ioctl {command}");
    }

    /// The same by name.
    pub(crate) fn attempt_variable(&mut self, kind: Kind, name: &str, data: &[u8]) -> Result<Vec<u8>, Refused> {
        let command = if kind == Kind::Set { SET_VARIABLE } else { GET_VARIABLE };
        self.attempt(kind, command, 0, &[name.as_bytes(), &[0], data].concat())
    }

    /// Asks for the address, and leaves the answer with the radio.
    pub(crate) fn send_question(&mut self) {
        self.send_request(Kind::Get, GET_VARIABLE, 0, b"cur_etheraddr\0\0\0\0\0\0\0");
        self.pass_ms(2);
    }

    /// The sequence number that comes next, which is used up.
    pub(crate) fn next_sequence(&mut self) -> u8 {
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        sequence
    }

    pub(crate) fn get(&mut self, command: u32, data: &[u8], interface: u8) -> Vec<u8> {
        self.attempt(Kind::Get, command, interface, data).expect("a question that the radio answers")
    }

    pub(crate) fn set(&mut self, command: u32, data: &[u8], interface: u8) {
        self.attempt(Kind::Set, command, interface, data).expect("a command that the radio carries out");
    }

    pub(crate) fn set_number(&mut self, command: u32, value: u32, interface: u8) {
        self.set(command, &value.to_le_bytes(), interface);
    }

    /// A variable's value, in room for its name and what follows.
    pub(crate) fn variable(&mut self, name: &str, data: &[u8]) -> Vec<u8> {
        self.attempt_variable(Kind::Get, name, data).expect("a variable that the radio has")
    }

    pub(crate) fn set_variable(&mut self, name: &str, data: &[u8], interface: u8) {
        self.set(SET_VARIABLE, &[name.as_bytes(), &[0], data].concat(), interface);
    }

    pub(crate) fn set_word(&mut self, name: &str, value: u32, interface: u8) {
        self.set_variable(name, &value.to_le_bytes(), interface);
    }

    pub(crate) fn set_words(&mut self, name: &str, first: u32, second: u32) {
        self.set_variable(name, &[first.to_le_bytes(), second.to_le_bytes()].concat(), 0);
    }

    /// Sets everything for a join and starts it, without a passphrase if it is empty.
    pub(crate) fn join(&mut self, ssid: &str, passphrase: &str) {
        let is_secure = !passphrase.is_empty();
        self.set_word("ampdu_ba_wsize", 8, 0);
        self.set_number(134, if is_secure { 4 } else { 0 }, 0);
        self.set_words("bsscfg:sup_wpa", 0, is_secure.into());
        self.set_words("bsscfg:sup_wpa2_eapver", 0, u32::MAX);
        self.set_words("bsscfg:sup_wpa_tmo", 0, 5000);
        if is_secure {
            self.pass_ms(2);
            self.set(268, &key(passphrase), 0);
        }
        self.set_number(20, 1, 0);
        self.set_number(22, 0, 0);
        self.set_word("mfp", is_secure.into(), 0);
        self.set_number(165, if is_secure { 0x80 } else { 0 }, 0);
        let mut data = (ssid.len() as u32).to_le_bytes().to_vec();
        data.extend(ssid.as_bytes());
        data.resize(36, 0);
        self.events.clear();
        self.set(26, &data, 0);
    }
}

/// A passphrase, as the radio takes it.
pub(crate) fn key(passphrase: &str) -> Vec<u8> {
    let mut key = (passphrase.len() as u16).to_le_bytes().to_vec();
    key.extend([1, 0]);
    key.extend(passphrase.as_bytes());
    key.resize(68, 0);
    key
}
