//! Names, which a router knows (RFC 1035).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// Answers a question for a name's address (RFC 1035), if the message is one.
pub(super) fn answer_name(names: &BTreeMap<String, Ipv4Addr>, message: &[u8], answer: &mut Vec<u8>) -> Option<()> {
    const HEADER_LEN: usize = 12;
    /// A response, with recursion available as the asker desires.
    const RESPONSE: u8 = 0x80;
    const RECURSION_AVAILABLE: u8 = 0x80;
    const NO_SUCH_NAME: u8 = 3;
    const A: [u8; 2] = [0, 1];
    const IN: [u8; 2] = [0, 1];
    const TTL_SECONDS: u32 = 60;

    let [id, id_low, flags, _, 0, 1, ..] = message else { return None };
    if flags & !1 != 0 {
        return None;
    }
    let mut name = String::new();
    let mut end = HEADER_LEN;
    loop {
        let len = usize::from(*message.get(end)?);
        let label = message.get(end + 1..end + 1 + len)?;
        end += 1 + len;
        // A pointer has no business in the only question.
        match len {
            0 => break,
            1..=63 => {
                if !name.is_empty() {
                    name.push('.');
                }
                name.push_str(&str::from_utf8(label).ok()?.to_ascii_lowercase());
            }
            _ => return None,
        }
    }
    let question = message.get(HEADER_LEN..end + 4)?;
    let found = names.get(&name).filter(|_| question.ends_with(&[A, IN].concat()));
    let code = if names.contains_key(&name) { 0 } else { NO_SUCH_NAME };
    answer.clear();
    answer.extend([*id, *id_low, RESPONSE | flags & 1, RECURSION_AVAILABLE | code]);
    answer.extend([0, 1, 0, u8::from(found.is_some()), 0, 0, 0, 0]);
    answer.extend(question);
    if let Some(address) = found {
        // The name stands behind the header.
        answer.extend([0xc0, HEADER_LEN as u8]);
        answer.extend([A, IN].concat());
        answer.extend(TTL_SECONDS.to_be_bytes());
        answer.extend([0, 4]);
        answer.extend(address.octets());
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &[u8] = b"\x12\x34\x01\x00\0\x01\0\0\0\0\0\0\x03rgb\x03LAN\0\0\x01\0\x01";

    #[test]
    fn a_name_has_its_address_in_either_case() {
        let names = BTreeMap::from([("rgb.lan".to_owned(), Ipv4Addr::new(10, 1, 2, 3))]);
        let mut answer = Vec::new();
        answer_name(&names, QUESTION, &mut answer).expect("a question");
        let record = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\x01\x02\x03";
        let header = b"\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0";
        assert_eq!(answer, [header, &QUESTION[12..], record].concat());
    }

    #[test]
    fn a_strange_name_does_not_exist_and_no_question_has_no_answer() {
        let mut answer = Vec::new();
        answer_name(&BTreeMap::new(), QUESTION, &mut answer).expect("a question");
        assert_eq!(answer, [b"\x12\x34\x81\x83\0\x01\0\0\0\0\0\0", &QUESTION[12..]].concat());
        for len in 0..QUESTION.len() {
            assert_eq!(answer_name(&BTreeMap::new(), &QUESTION[..len], &mut answer), None, "{len} bytes");
        }
        let mut response = QUESTION.to_vec();
        response[2] |= 0x80;
        assert_eq!(answer_name(&BTreeMap::new(), &response, &mut answer), None);
    }
}
