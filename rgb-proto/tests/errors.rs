//! What errors say, and that they are small values.

use std::time::Duration;

use rgb_proto::settings::SettingsError;
use rgb_proto::settings::record::RecordError;
use rgb_proto::{
    BufferTooSmall, ClientConfig, ConfigError, DecodeError, ErrorKind, ExchangeError, Mode, Name, NameError, Phase,
    Reply, ReplyDecoder, Rgb, ServeError, StationFailure, TransportError, decode,
};

fn strict(reply: &[u8]) -> String {
    Rgb::decode(reply).expect_err("the reply must be refused").to_string()
}

fn lenient(reply: &[u8]) -> String {
    Rgb::decode_lenient(reply).expect_err("the reply must be refused").to_string()
}

// ERR-1, REP-4
#[test]
fn a_malformed_reply_is_explained() {
    let format = "a reply is three numbers from 0 to 255 with commas between, such as 12,0,255";
    let no_space = "a reply has no spaces or line ends unless lenient decoding is on";
    assert_eq!(strict(b"1;2;3"), format!("found ';' at byte 1, in the red number: {format}"));
    assert_eq!(strict(b"1,-2,3"), format!("found the sign '-' at byte 2, in the green number: {format}"));
    assert_eq!(strict(b"1,2,+3"), format!("found the sign '+' at byte 4, in the blue number: {format}"));
    assert_eq!(strict(b"1,2,\0"), format!("found the byte 0x00 at byte 4, in the blue number: {format}"));
    assert_eq!(strict(b"\xff"), format!("found the byte 0xff at byte 0, in the red number: {format}"));
    assert_eq!(strict(b"<html>"), format!("found '<' at byte 0, in the red number: {format}"));
    assert_eq!(strict(b"1, 2,3"), format!("found a space at byte 2, in the green number: {no_space}"));
    assert_eq!(strict(b"1,2,3\n"), format!("found a line feed at byte 5, in the blue number: {no_space}"));
    assert_eq!(strict(b"1,2,3\r\n"), format!("found a carriage return at byte 5, in the blue number: {no_space}"));
    assert_eq!(strict(b"1\t,2,3"), format!("found a tab at byte 1, in the red number: {no_space}"));
    assert_eq!(strict(b"1\x0b"), format!("found the byte 0x0b at byte 1, in the red number: {no_space}"));
    assert_eq!(strict(b"1,,3"), "the green number is missing: found a comma in its place at byte 2");
    assert_eq!(
        strict(b"1,2,007"),
        "the blue number, at byte 4, starts with a superfluous 0: send 7, not 007, or turn lenient decoding on"
    );
    assert_eq!(strict(b"1,256,3"), "the green number, at byte 2, is above 255");
    assert_eq!(strict(b"1,2,3,4"), "found a comma behind the blue number at byte 5: a reply is exactly three numbers");
    assert_eq!(strict(b""), "the reply is empty");
    assert_eq!(strict(b"1,2"), "the reply ended after 3 bytes, before the blue number");
    assert_eq!(lenient(&[b' '; 513]), "the reply is longer than 512 bytes");
    assert_eq!(lenient(b"1 2,3,4"), format!("found '2' at byte 2, in the red number: {format}"));
}

// ERR-2
#[test]
fn a_failed_exchange_says_what_to_look_at() {
    let decode = Rgb::decode(b"1,,3").unwrap_err();
    let messages = [
        (
            ExchangeError::Resolve,
            "the server's name was not found: check its spelling and that this board is on the network",
        ),
        (
            ExchangeError::Refused,
            "connection refused: the host is there, but no server listens on that port; start the server or check the port",
        ),
        (
            ExchangeError::Unreachable,
            "the server cannot be reached: check its address and that both boards are on one network",
        ),
        (ExchangeError::Connect, "the connection could not be made"),
        (
            ExchangeError::TimedOut(Phase::Connecting),
            "time-out: no connection; is the server's board on, and is the address right?",
        ),
        (ExchangeError::TimedOut(Phase::Sending), "time-out: connected, but the request could not be sent"),
        (ExchangeError::TimedOut(Phase::AwaitingReply), "time-out: connected and asked, but no reply came"),
        (
            ExchangeError::TimedOut(Phase::Receiving),
            "time-out: a reply began but did not end; the server must close the connection behind it",
        ),
        (ExchangeError::Reset, "the server broke the connection off before the reply was whole"),
        (ExchangeError::Closed, "the server closed the connection without a reply"),
        (
            ExchangeError::Decode(decode),
            "the server's reply is not a colour: the green number is missing: found a comma in its place at byte 2",
        ),
    ];
    for (error, message) in messages {
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn a_client_without_a_reply_is_explained() {
    assert_eq!(ServeError::NoRequest.to_string(), "the client closed the connection without asking for anything");
    assert_eq!(ServeError::TimedOut.to_string(), "the client took longer than one exchange may");
    assert_eq!(ServeError::Reset.to_string(), "the client broke the connection off");
}

// REQ-4
#[test]
fn a_name_that_is_none_is_explained() {
    let message = |name: &str| name.parse::<Name>().unwrap_err().to_string();
    assert_eq!(message(""), "a board name has at least one character");
    assert_eq!(message(&"a".repeat(33)), "a board name has at most 32 characters");
    assert_eq!(
        message("living room"),
        "a board name has only the letters a-z and A-Z, digits, '.', '-' and '_'; the character at byte 6 is none of them"
    );
    assert_eq!("living room".parse::<Name>(), Err(NameError::InvalidByte { byte: b' ', offset: 6 }));
}

#[test]
fn a_setting_outside_its_limits_is_named_with_them() {
    let config = ClientConfig { interval: Duration::ZERO, ..ClientConfig::default() };
    assert_eq!(config.check().unwrap_err().to_string(), "interval is 0ns; it must be from 1ms to 86400s");
    let config = ClientConfig { timeout: Duration::from_secs(7_200), ..ClientConfig::default() };
    assert_eq!(config.check().unwrap_err().to_string(), "timeout is 7200s; it must be from 1ms to 3600s");
}

#[test]
fn a_buffer_that_is_too_small_is_told_how_much_it_lacks() {
    let error = Rgb::WHITE.encode_into(&mut [0; 4]).unwrap_err();
    assert_eq!(error, BufferTooSmall { needed: 11, available: 4 });
    assert_eq!(error.to_string(), "the buffer holds 4 bytes and the reply needs 11; 11 are always enough");
}

#[test]
fn an_errors_cause_is_its_source() {
    use core::error::Error;

    let decode = decode(b"1,,3", Mode::Strict).unwrap_err();
    let error = ExchangeError::from(decode);
    assert_eq!(error.source().and_then(|source| source.downcast_ref()), Some(&decode));
    assert!(ExchangeError::Closed.source().is_none());
}

#[test]
fn every_error_is_an_error_that_can_be_copied_sent_and_kept() {
    fn check<E: core::error::Error + Copy + Eq + Send + Sync + 'static>() {}
    check::<DecodeError>();
    check::<BufferTooSmall>();
    check::<NameError>();
    check::<ConfigError>();
    check::<ExchangeError>();
    check::<ServeError>();
    check::<StationFailure>();
    check::<SettingsError>();
    check::<RecordError>();
}

#[test]
fn errors_and_the_decoders_state_fit_in_a_few_words() {
    assert!(size_of::<DecodeError>() <= 8);
    assert!(size_of::<ExchangeError>() <= 8);
    assert!(size_of::<ServeError>() <= 1);
    assert!(size_of::<NameError>() <= 4);
    assert!(size_of::<TransportError>() <= 1);
    assert!(size_of::<ErrorKind>() <= 1);
    assert!(size_of::<Option<Result<Rgb, ExchangeError>>>() <= 8);
    assert!(size_of::<ReplyDecoder>() <= 16);
    assert!(size_of::<Rgb>() == 3);
    assert!(size_of::<Reply>() <= 17);
}
