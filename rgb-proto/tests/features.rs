//! What each cargo feature adds.

/// Conversions from the errors of the standard library.
#[cfg(feature = "std")]
mod std_feature {
    use std::io;

    use rgb_proto::TransportError;

    // ERR-2
    #[test]
    fn an_io_error_is_the_transport_error_of_its_kind() {
        use io::ErrorKind as Io;
        for (kind, expected) in [
            (Io::ConnectionRefused, TransportError::Refused),
            (Io::HostUnreachable, TransportError::Unreachable),
            (Io::NetworkUnreachable, TransportError::Unreachable),
            (Io::NetworkDown, TransportError::Unreachable),
            (Io::AddrNotAvailable, TransportError::Unreachable),
            (Io::ConnectionReset, TransportError::Reset),
            (Io::ConnectionAborted, TransportError::Reset),
            (Io::BrokenPipe, TransportError::Reset),
            (Io::NotConnected, TransportError::Reset),
            (Io::PermissionDenied, TransportError::Other),
            (Io::TimedOut, TransportError::Other),
        ] {
            assert_eq!(TransportError::from(kind), expected, "{kind:?}");
            assert_eq!(TransportError::from(&io::Error::from(kind)), expected, "{kind:?}");
        }
    }
}

/// The buffers of the `bytes` crate.
#[cfg(feature = "bytes")]
mod bytes_feature {
    use bytes::{Buf, Bytes, BytesMut};
    use rgb_proto::{DecodeErrorKind, Mode, Rgb};

    const COLOR: Rgb = Rgb::new(12, 0, 255);

    // REP-1
    #[test]
    fn a_reply_is_appended_to_a_buffer() {
        let mut out = BytesMut::from(&b"> "[..]);
        COLOR.put(&mut out);
        assert_eq!(&out[..], b"> 12,0,255");
        let mut slice = [0; 8];
        COLOR.put(&mut &mut slice[..]);
        assert_eq!(&slice, b"12,0,255");
    }

    #[test]
    #[should_panic(expected = "advance out of bounds")]
    fn a_buffer_without_room_panics_as_bytes_does() {
        COLOR.put(&mut &mut [0; 7][..]);
    }

    // REP-1
    #[test]
    fn a_reply_becomes_bytes() {
        assert_eq!(Bytes::from(COLOR.encode()), &b"12,0,255"[..]);
    }

    // CLI-3
    #[test]
    fn a_reply_over_chunks_that_do_not_touch_is_decoded_and_consumed() {
        let reply = b"12,0,255";
        for first in 0..=reply.len() {
            for second in first..=reply.len() {
                let mut chain = reply[..first].chain(&reply[first..second]).chain(&reply[second..]);
                assert_eq!(Rgb::decode_buf(&mut chain, Mode::Strict), Ok(COLOR), "cut at {first} and {second}");
                assert!(!chain.has_remaining());
            }
        }
        assert_eq!(Rgb::decode_buf(&mut (&b"12, 0"[..]).chain(&b" ,255\n"[..]), Mode::Lenient), Ok(COLOR));
    }

    // ERR-1
    #[test]
    fn a_malformed_reply_is_refused_with_its_offset_from_the_start_and_the_chunk_is_left() {
        let mut chain = (&b"12,0"[..]).chain(&b",2x5"[..]);
        let error = Rgb::decode_buf(&mut chain, Mode::Strict).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (DecodeErrorKind::UnexpectedByte(b'x'), 6));
        assert_eq!(chain.copy_to_bytes(chain.remaining()), &b",2x5"[..]);
        let error = Rgb::decode_buf(&mut Bytes::new(), Mode::Strict).unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::UnexpectedEnd);
    }
}

/// The JSON forms of values.
#[cfg(feature = "serde")]
mod serde_feature {
    use std::fmt::Debug;

    use rgb_proto::{Component, ErrorKind, Name, Rgb};
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, json: &str) {
        assert_eq!(serde_json::to_string(value).ok().as_deref(), Some(json));
        assert_eq!(serde_json::from_str::<T>(json).ok().as_ref(), Some(value));
        // From a tree of values, strings come owned.
        let tree: serde_json::Value = serde_json::from_str(json).expect("the test's JSON is well-formed");
        assert_eq!(serde_json::from_value::<T>(tree).ok().as_ref(), Some(value));
    }

    fn refusal<T: DeserializeOwned + Debug>(json: &str) -> String {
        serde_json::from_str::<T>(json).expect_err("the value must be refused").to_string()
    }

    #[test]
    fn a_colour_is_its_three_components() {
        check(&Rgb::new(12, 0, 255), r#"{"r":12,"g":0,"b":255}"#);
    }

    #[test]
    fn a_colour_out_of_range_or_without_a_component_is_refused() {
        assert!(refusal::<Rgb>(r#"{"r":256,"g":0,"b":0}"#).contains("256"));
        assert!(refusal::<Rgb>(r#"{"r":-1,"g":0,"b":0}"#).contains("-1"));
        assert!(refusal::<Rgb>(r#"{"r":1,"g":2}"#).contains("missing field `b`"));
        assert!(serde_json::from_str::<Rgb>(r#""1,2,3""#).is_err());
    }

    // REQ-4
    #[test]
    fn a_name_is_a_string() {
        check(&"kitchen-2".parse::<Name>().unwrap(), r#""kitchen-2""#);
        assert_eq!(serde_json::from_str::<Name>(r#""\u0061b""#).unwrap().as_str(), "ab");
    }

    // REQ-4
    #[test]
    fn a_string_that_is_no_name_is_refused_with_the_reason() {
        assert!(refusal::<Name>(r#""""#).contains("at least one character"));
        assert!(refusal::<Name>(&format!("{:?}", "a".repeat(33))).contains("at most 32 characters"));
        assert!(refusal::<Name>(r#""living room""#).contains("byte 6"));
        assert!(refusal::<Name>("7").contains("expected a board name"));
    }

    // ERR-2
    #[test]
    fn a_failures_kind_is_its_name() {
        for kind in ErrorKind::ALL {
            check(&kind, &format!("{:?}", kind.as_str()));
        }
        assert!(refusal::<ErrorKind>(r#""Timeout""#).contains("unknown variant"));
    }

    #[test]
    fn a_component_is_its_name() {
        for component in Component::ALL {
            check(&component, &format!("{:?}", component.as_str()));
        }
    }
}

/// Logging on targets; on the host the implementations are compiled and not run.
#[cfg(feature = "defmt")]
mod defmt_feature {
    use rgb_proto::http::{ContentType, Document};
    use rgb_proto::settings::area::Slot;
    use rgb_proto::settings::record::RecordError;
    use rgb_proto::settings::{Country, LedPolarity, Role, SettingsError, SourceKind, Wifi};
    use rgb_proto::{
        Backoff, BufferTooSmall, ClientConfig, ClientStep, Component, ConfigError, DecodeError, DecodeErrorKind,
        ErrorKind, ExchangeError, Instant, JoinError, Method, Mode, Name, NameError, Phase, Reply, Request,
        RequestBytes, RequestStatus, Resource, Response, Rgb, ServeError, Served, ServerConfig, ServerStep,
        StationConfig, StationFailure, StationStep, Status, TransportError,
    };

    #[test]
    fn every_value_of_the_protocol_and_every_error_can_be_logged() {
        fn check<T: defmt::Format>() {}
        check::<ContentType>();
        check::<Country>();
        check::<Document>();
        check::<LedPolarity>();
        check::<RecordError>();
        check::<Resource>();
        check::<Role>();
        check::<SettingsError>();
        check::<Slot>();
        check::<SourceKind>();
        check::<Wifi>();
        check::<Backoff>();
        check::<BufferTooSmall>();
        check::<ClientConfig>();
        check::<ClientStep<'_>>();
        check::<Component>();
        check::<ConfigError>();
        check::<DecodeError>();
        check::<DecodeErrorKind>();
        check::<ErrorKind>();
        check::<ExchangeError>();
        check::<Instant>();
        check::<Method>();
        check::<Mode>();
        check::<Name>();
        check::<NameError>();
        check::<Phase>();
        check::<Reply>();
        check::<Request>();
        check::<RequestBytes>();
        check::<RequestStatus>();
        check::<Response>();
        check::<Rgb>();
        check::<ServeError>();
        check::<Served>();
        check::<ServerConfig>();
        check::<ServerStep<'_>>();
        check::<JoinError>();
        check::<StationConfig>();
        check::<StationFailure>();
        check::<StationStep>();
        check::<Status>();
        check::<TransportError>();
    }
}
