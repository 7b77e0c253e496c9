//! Pages as an XML parser sees them.

use std::collections::BTreeSet;
use std::time::Duration;

use rgb_proto::settings::Role;
use rgb_proto::{ExchangeError, JoinError, Rgb, StationFailure};
use roxmltree::{Document, Node, ParsingOptions};

use super::board;
use crate::scenario::recording::{FaultSpan, Recording, Sample};
use crate::scenario::{Broken, Demand, Report, Scenario, Verdict};
use crate::world::BoardEventKind;

const NASTY: &str = "</title><script>alert(1)</script> \"onload='x'\" & \u{1} ]]> <!--";

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A minute of so many boards, whose exchanges fail now and then, with faults of each kind.
fn recording(boards: usize) -> Recording {
    let events = |first: u64| {
        let attempts = (first + 4..60).flat_map(|second| (0..5).map(move |fifth| s(second) + fifth * s(1) / 5));
        let exchanges = attempts.zip(first..).map(|(at, number)| {
            let outcome = if number % 7 == 0 { Err(ExchangeError::Reset) } else { Ok(color(number)) };
            (at, BoardEventKind::Exchange { elapsed: Duration::from_micros(900 + 300 * (number % 13)), outcome })
        });
        let joins = [
            (s(first), BoardEventKind::Started),
            (s(first + 1), BoardEventKind::NetworkFailed(StationFailure::Join(JoinError::Other))),
            (s(first + 2), BoardEventKind::Joined),
            (s(first + 3), BoardEventKind::Address([10, 0, 0, 2].into())),
        ];
        joins.into_iter().chain(exchanges).collect::<Vec<_>>()
    };
    let mut boards: Vec<_> =
        (0..boards).map(|index| board(&format!("client-{index}"), Role::Client, &events(index as u64 % 10))).collect();
    for board in &mut boards {
        board.samples = (1..=60).map(|second| Sample { at: s(second), rssi_dbm: Some(-90 + second as i32) }).collect();
    }
    let fault = |what: &str, from, until: Option<u64>| FaultSpan {
        what: what.to_owned(),
        from: s(from),
        until: until.map(s),
        boards: vec![0],
    };
    let faults =
        vec![fault("ap_down Home", 10, Some(20)), fault("deauth client-0", 30, Some(30)), fault(NASTY, 50, None)];
    Recording { seed: 7, tier: "simulated", elapsed: s(60), boards, faults, trace_hash: 0xabc }
}

const fn color(number: u64) -> Rgb {
    let [r, g, ..] = number.wrapping_mul(0x9E37_79B9).to_le_bytes();
    Rgb::new(r, g, 128)
}

fn demand(what: &str, broken: Vec<Broken>) -> Demand {
    Demand { what: what.to_owned(), measured: Some("at most 3s".to_owned()), broken }
}

fn page(recording: &Recording, verdict: &Verdict) -> String {
    let scenario = Scenario { description: NASTY.to_owned(), ..Scenario::default() };
    Report { name: NASTY, replay: NASTY, scenario: &scenario, recording, verdict }.to_html()
}

fn parse(page: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(page, options).expect("the page is well-formed")
}

fn elements<'a>(document: &'a Document<'_>, name: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.has_tag_name(name)).collect()
}

fn text(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

#[test]
fn names_and_descriptions_stay_texts() {
    let verdict =
        Verdict { demands: vec![demand(NASTY, vec![Broken { board: 0, at: s(1), message: NASTY.to_owned() }])] };
    let mut recording = recording(1);
    recording.boards[0].name = NASTY.to_owned();
    let page = page(&recording, &verdict);
    let document = parse(&page);
    assert!(elements(&document, "script").is_empty());
    // A control character has no way to be written.
    let shown = NASTY.replace('\u{1}', "\u{FFFD}");
    let [heading] = elements(&document, "h1")[..] else { panic!("one heading") };
    assert_eq!(text(heading), shown);
    let [demands] = elements(&document, "ul")
        .iter()
        .filter(|list| list.attribute("class") == Some("demands"))
        .copied()
        .collect::<Vec<_>>()[..]
    else {
        panic!("one list of demands")
    };
    assert_eq!(text(demands).matches(&shown).count(), 3, "what is demanded, of which board, and what is wrong");
    assert!(
        document.descendants().flat_map(|node| node.attributes()).all(|attribute| !attribute.name().starts_with("on"))
    );
}

#[test]
fn every_id_is_one_element_s_and_every_link_leads_to_one() {
    let broken = vec![Broken { board: 99, at: s(3), message: "it is not well".to_owned() }; 30];
    let page = page(&recording(100), &Verdict { demands: vec![demand("all is well", broken)] });
    let document = parse(&page);
    let ids: Vec<_> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for node in document.descendants() {
        for name in ["href", "aria-labelledby"] {
            if let Some(target) = node.attribute(name) {
                assert!(ids.contains(&target.trim_start_matches('#')), "{name}={target}");
            }
        }
    }
    assert!((0..100).all(|board| ids.contains(&format!("board-{board}").as_str())));
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    let page = page(&recording(3), &Verdict { demands: Vec::new() });
    for outside in ["http:", "https:", "src=", "@import", "<link", "<script", "<iframe", "javascript:"] {
        // The texts of the file are in the page, with their brackets escaped.
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.split("url(").skip(1).all(|rest| rest.starts_with('#')));
    assert!(page.contains("default-src 'none'") || page.contains("default-src &#39;none&#39;"));
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let verdict = Verdict { demands: vec![demand("all is well", Vec::new())] };
    assert_eq!(page(&recording(5), &verdict), page(&recording(5), &verdict));
}

#[test]
fn every_drawing_says_what_it_shows() {
    let page = page(&recording(3), &Verdict { demands: vec![demand("all is well", Vec::new())] });
    let document = parse(&page);
    for drawing in elements(&document, "svg").iter().filter(|svg| svg.attribute("aria-hidden").is_none()) {
        let title = drawing.first_element_child().filter(|child| child.has_tag_name("title"));
        assert!(title.is_some_and(|title| !text(title).is_empty()), "{drawing:?}");
        assert_eq!(drawing.attribute("role"), Some("img"));
    }
}

#[test]
fn many_boards_unfold_and_the_page_stays_small() {
    let verdict = Verdict { demands: vec![demand("all is well", Vec::new())] };
    let [few, many] = [60, 1_000].map(|boards| page(&recording(boards), &verdict));
    assert!(many.len() < 8_000_000, "{} bytes", many.len());
    assert!(few.len() < 8_000_000, "{} bytes", few.len());
    let folded = |page: &str| {
        let document = parse(page);
        let rows = elements(&document, "tr")
            .into_iter()
            .filter(|row| row.attribute("id").is_some_and(|id| id.starts_with("board-")));
        rows.filter(|row| row.ancestors().any(|ancestor| ancestor.has_tag_name("details"))).count()
    };
    assert_eq!([folded(&few), folded(&many)], [0, 940]);
}

#[test]
fn a_run_in_which_nothing_was_asked_is_a_page_too() {
    let nobody = Recording { boards: vec![board("alone", Role::Server, &[])], ..Recording::default() };
    let page = page(&nobody, &Verdict { demands: Vec::new() });
    let document = parse(&page);
    let notes: Vec<_> = elements(&document, "p").into_iter().map(text).collect();
    assert!(notes.iter().any(|note| note == "No exchange succeeded."), "{notes:?}");
    assert!(notes.iter().any(|note| note == "No attempt was made with a known signal."), "{notes:?}");
}
