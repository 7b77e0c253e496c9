//! What passed between real radios and their drivers, as their users' logs tell it; `vectors/` says where each stands.

use pico_emu::cyw43439::{Cyw43439, JoinFailure, Kind, LinkEvent};
use serde_json::Value;

use crate::air::Air;
use crate::board::ADDRESS;
use crate::c_driver::{CDriver, Refused};

fn vectors(json: &str) -> Vec<Value> {
    serde_json::from_str(json).expect("a list of vectors")
}

fn text<'a>(vector: &'a Value, key: &str) -> &'a str {
    vector[key].as_str().expect("a text")
}

fn bytes(vector: &Value, key: &str) -> Vec<u8> {
    let digits = text(vector, key);
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn words(vector: &Value, key: &str) -> Vec<u32> {
    let words = vector[key].as_array().expect("a list of words");
    let word = |word: &Value| u32::from_str_radix(word.as_str()?, 16).ok();
    words.iter().map(|value| word(value).expect("hexadecimal digits")).collect()
}

/// One after the other on one chip.
#[test]
fn transactions_have_these_words_on_the_wire() {
    let mut chip = Cyw43439::new(ADDRESS);
    chip.set_power(true);
    for vector in vectors(include_str!("vectors/bus.json")) {
        let wanted = words(&vector, "read");
        let mut read = vec![0; wanted.len()];
        chip.transfer(&words(&vector, "write"), &mut read);
        assert_eq!(read, wanted, "{}", text(&vector, "name"));
    }
}

#[test]
fn commands_have_these_answers() {
    for vector in vectors(include_str!("vectors/answers.json")) {
        let mut driver = CDriver::started(Air::default());
        let command = vector["command"].as_u64().unwrap() as u32;
        let result = driver.attempt(Kind::Set, command, 0, &bytes(&vector, "data"));
        let status = match &result {
            Ok(_) => 0,
            Err(Refused(status)) => i64::from(*status),
        };
        assert_eq!(Some(status), vector["status"].as_i64(), "{}", text(&vector, "name"));
        assert_eq!(driver.last_answer, bytes(&vector, "answer"), "{}", text(&vector, "name"));
    }
}

#[test]
fn what_happens_has_these_events() {
    for vector in vectors(include_str!("vectors/events.json")) {
        let name = text(&vector, "name");
        let message = bytes(&vector, "message");
        let wanted = [message.clone(), bytes(&vector, "data")].concat();
        let events = events_when(&vector);
        let event = events.iter().find(|event| event[4..8] == message[4..8]);
        assert_eq!(event, Some(&wanted), "{name}");
    }
}

/// The messages of the events that follow what the vector says.
fn events_when(vector: &Value) -> Vec<Vec<u8>> {
    let ssid = text(vector, "ssid");
    let bssid = bytes(vector, "bssid").try_into().expect("six bytes");
    let mut air = Air::with(&[(ssid, Some("correct horse"), 6, -50)]);
    air.networks[0].0.bssid = bssid;
    let mut driver = CDriver::started(air);
    driver.set(268, &[&[13, 0, 1, 0][..], b"correct horse", &[0; 51]].concat(), 0);
    let name = [&(ssid.len() as u32).to_le_bytes()[..], ssid.as_bytes(), &[0; 32][ssid.len()..]].concat();
    match text(vector, "when") {
        "station joined" => {
            // On the first interface, as the Rust driver does.
            driver.set_number(118, 1, 0);
            driver.set_variable("bsscfg:ssid", &[&[0; 4][..], &name].concat(), 0);
            driver.set_number(30, 6, 0);
            driver.set_words("bsscfg:wsec", 0, 0);
            driver.set_words("bss", 0, 1);
            driver.happens(LinkEvent::StationJoined(bssid));
        }
        when => {
            driver.air.join_failure = match when {
                "joined" => None,
                "not found" => Some(JoinFailure::NotFound),
                "no answer" => Some(JoinFailure::NoAnswer),
                when => panic!("no vector says {when}"),
            };
            driver.set_number(165, 0x80, 0);
            driver.set(26, &name, 0);
            driver.listen();
        }
    }
    driver.events.into_iter().map(|event| event.message).collect()
}
