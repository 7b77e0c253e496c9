//! Arguments, right and wrong.

use harness::Finished;
use pico_uf2::Chip;

use crate::{Folder, page};

pub(crate) fn what_is_out_of_its_range_is_refused_with_the_range() {
    for (args, range) in [
        ("--clients 0", "1..=100"),
        ("--clients 101", "1..=100"),
        ("--count 0", "is not in 1.."),
        ("--duration 0s", "from 1ms to 1day"),
        ("--duration 25h", "from 1ms to 1day"),
        ("--duration 5", "a number and its unit, such as 200ms"),
        ("--speed fast", "max, real"),
        ("--set interval", "a field and its value, such as interval=1000ms"),
        ("--set speed=1", "unknown setting; there are name, role"),
        ("--set interval=0ms", "interval"),
        ("--server-set source=blue", "random, potentiometers, buttons, temperature or sweep"),
        ("--client-set passphrase=short", "passphrase"),
        ("--forward 80", "such as 8080:server:80"),
        ("--forward 8080:0", "from 1 to 65535"),
        ("--forward 8080:80 --speed real", "cannot be used with"),
        ("--serial com1", "uart0, uart1, usb"),
        ("--trace-from 1s", "--trace-instructions"),
        ("--trace-from 25h --trace-instructions a.txt", "from 0s to 1day"),
        ("--trace-instructions client=", "a file's name, such as trace.txt or client=trace.txt"),
    ] {
        let run = Finished::run(&format!("emulate {args}"));
        assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{args}: {run:#?}");
        assert!(run.stderr.contains(range), "{args}: {}", run.stderr);
    }
}

pub(crate) fn settings_that_do_not_fit_the_role_are_refused() {
    let folder = Folder::new();
    folder.write("fw.uf2", page(0, Chip::Rp2040));
    for (args, what) in [
        ("--server-set role=client", "--server-set role=server"),
        ("--client-set role=server", "--client-set role=client"),
        ("--client-set led_pins=1,17,3", "the settings of the client do not fit together: led_pins"),
        ("--set led_pins=1,17,3", "the settings of the server do not fit together: led_pins"),
        ("--forward 0:nobody:80", "there is no board of this name"),
        ("--server-set wifi=access_point --forward 0:80", "whose network has a router"),
    ] {
        let run = folder.run(&format!("--server DIR/fw.uf2 --client DIR/fw.uf2 {args}"));
        assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{args}: {run:#?}");
        assert!(run.stderr.contains(what), "{args}: {}", run.stderr);
    }
}

pub(crate) fn the_help_tells_how_the_run_ends() {
    let run = Finished::run("emulate --help");
    assert_eq!(run.code, Some(0), "{run:#?}");
    for text in
        ["Exit status: 0 when every attempt succeeded", "cargo xtask firmware --chip rp2040", "--forward 8080:80"]
    {
        assert!(run.stdout().contains(text), "{text}: {run:#?}");
    }
}
