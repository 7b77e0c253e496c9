//! curl, a foreign HTTP client, through a link. Without curl this test says so and is skipped.

use std::io::ErrorKind;
use std::num::NonZeroU16;
use std::process::Command;
use std::time::Duration;

use rgb_sim::link::LinkRules;

use super::{link, server};

#[test]
fn curl_gets_its_colour_late_and_in_small_pieces() {
    let server = server();
    let rules = LinkRules {
        latency: Duration::from_millis(20),
        jitter: Duration::from_millis(20),
        slice: NonZeroU16::new(20),
        ..Default::default()
    };
    let link = link(server.addr(), rules);
    let mut curl = Command::new("curl");
    curl.args("--disable --silent --show-error --noproxy * --max-time 60".split(' '));
    let output = match curl.arg(format!("http://{}/", link.addr())).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => return eprintln!("SKIPPED: curl is not installed"),
        output => output.expect("curl runs"),
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, b"255,128,0");
    assert!(link.stop().down_bytes > 100, "a head and a body");
}
