//! A scenario file, read.

mod error;
mod table;
mod value;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::ops::Range;

use rgb_proto::settings::SettingsDraft;
use toml::de::DeTable;

use super::Scenario;
use super::board::BoardSpec;
use super::check::{self, Place, Table};
use super::event::{LinkSpec, ScenarioEvent, Targets, Verb};
use super::expectation::Expectation;
use super::network::{Cidr, NetworkSpec};
use crate::source::SourceSpec;
use crate::world::{AccessPointConfig, LinkRule, RouterConfig};
use error::{Wrong, WrongKind};
use table::Reader;
use value::{Rate, Report, Setting, Share};

pub use error::ScenarioError;

impl Scenario {
    /// Reads the text of a scenario file, and checks it.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] says what is wrong, and in which line and column.
    pub fn read(text: &str) -> Result<Self, ScenarioError> {
        let document = DeTable::parse(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            ScenarioError::new(text, Wrong { span, kind: WrongKind::Syntax(error.message().to_owned()) })
        })?;
        let table = document.get_ref();
        let scenario = scenario(table).map_err(|wrong| ScenarioError::new(text, wrong))?;
        check::check(&scenario).map_err(|fault| {
            let wrong = Wrong { span: locate(table, fault.place), kind: WrongKind::Fault(fault.problem) };
            ScenarioError::new(text, wrong)
        })?;
        Ok(scenario)
    }
}

fn scenario(table: &DeTable<'_>) -> Result<Scenario, Wrong> {
    let mut reader = Reader::new(table, 0..0);
    let default = Scenario::default();
    let scenario = Scenario {
        description: reader.take("description")?.unwrap_or(default.description),
        duration: reader.take("duration")?.unwrap_or(default.duration),
        seed: reader.take("seed")?.unwrap_or(default.seed),
        networks: reader.tables("network", network)?,
        boards: reader.tables("board", board)?,
        events: reader.tables("event", event)?,
        links: reader.tables("link", link)?,
        expectations: reader.tables("expect", expectation)?,
    };
    reader.finish()?;
    Ok(scenario)
}

fn network(mut reader: Reader<'_>) -> Result<NetworkSpec, Wrong> {
    let default = AccessPointConfig::default();
    let access_point = AccessPointConfig {
        ssid: reader.require("ssid")?,
        passphrase: reader.take("passphrase")?,
        channel: reader.take("channel")?.unwrap_or(default.channel),
        position_m: reader.take("distance_m")?.unwrap_or(default.position_m),
        isolates: reader.take("isolates")?.unwrap_or(default.isolates),
        stations_max: reader.take::<u16>("stations_max")?.map_or(default.stations_max, usize::from),
        interference: reader.take("interference")?.map_or(default.interference, |Share(share)| share),
    };
    let (router, reservations) = if reader.flag("router") == Some(false) {
        (None, BTreeMap::new())
    } else if let Some(inner) = reader.table("router")? {
        let (router, reservations) = router(inner)?;
        (Some(router), reservations)
    } else {
        (Some(RouterConfig::default()), BTreeMap::new())
    };
    reader.finish()?;
    Ok(NetworkSpec { access_point, router, reservations })
}

fn router(mut reader: Reader<'_>) -> Result<(RouterConfig, BTreeMap<String, Ipv4Addr>), Wrong> {
    let default = RouterConfig::default();
    let cidr: Option<Cidr> = reader.take("address")?;
    let (address, prefix_len, pool) = cidr.map_or((default.address, default.prefix_len, default.pool), |cidr| {
        (cidr.address, cidr.prefix_len, cidr.pool())
    });
    let router = RouterConfig {
        address,
        prefix_len,
        pool: reader.take("pool")?.unwrap_or(pool),
        lease_time: reader.take("lease_time")?.unwrap_or(default.lease_time),
        reservations: BTreeMap::new(),
        names: reader.map("names")?.into_iter().map(|(name, address)| (name.to_ascii_lowercase(), address)).collect(),
    };
    let reservations = reader.map("reservations")?;
    reader.finish()?;
    Ok((router, reservations))
}

fn board(mut reader: Reader<'_>) -> Result<BoardSpec, Wrong> {
    let default = BoardSpec::default();
    let mut board = BoardSpec {
        name: reader.require("name")?,
        count: reader.take("count")?.unwrap_or(default.count),
        distance_m: reader.take("distance_m")?.unwrap_or(default.distance_m),
        start: reader.take("start")?.unwrap_or(default.start),
        ..default
    };
    for field in SettingsDraft::FIELDS.into_iter().filter(|field| *field != "name") {
        let Some(Setting(value)) = reader.take(field)? else { continue };
        if field == "source" && SettingsDraft::new().set(field, &value).is_err() {
            let source: SourceSpec = value.parse().map_err(|_| reader.wrong(field, WrongKind::Source))?;
            board.colors = Some(source);
        } else {
            board.settings.insert(field.to_owned(), value);
        }
    }
    reader.finish()?;
    Ok(board)
}

fn event(mut reader: Reader<'_>) -> Result<ScenarioEvent, Wrong> {
    let verbs: Vec<_> = Verb::NAMES.into_iter().filter(|name| reader.has(name)).collect();
    let [name] = verbs[..] else {
        return Err(reader.wrong(verbs.get(1).unwrap_or(&""), WrongKind::OneVerb(verbs.len())));
    };
    let network = |reader: &mut Reader<'_>| reader.require::<String>(name);
    let verb = match name {
        "partition" | "repair" => {
            let [one, other] = reader.require(name)?;
            if name == "partition" { Verb::Partition(one, other) } else { Verb::Repair(one, other) }
        }
        "ap_down" => Verb::ApDown(network(&mut reader)?),
        "ap_up" => Verb::ApUp(network(&mut reader)?),
        "renumber" => Verb::Renumber { network: network(&mut reader)?, address: reader.require("address")? },
        "lease_expire" => Verb::LeaseExpire(network(&mut reader)?),
        "wrong_password" => Verb::WrongPassword(network(&mut reader)?),
        "isolate" => Verb::Isolate(network(&mut reader)?),
        _ => {
            let boards: Targets = reader.require(name)?;
            match name {
                "hold" => Verb::Hold(boards),
                "release" => Verb::Release(boards),
                "crash" => Verb::Crash(boards),
                "reboot" => Verb::Reboot(boards),
                "deauth" => Verb::Deauth(boards),
                "kill_link" => Verb::KillLink(boards),
                "move" => {
                    Verb::Move { boards, to_m: reader.require("to_m")?, over: reader.take("over")?.unwrap_or_default() }
                }
                _ => Verb::JoinFault {
                    boards,
                    fault: reader.require("fault")?,
                    times: reader.take("times")?.unwrap_or(1),
                },
            }
        }
    };
    let event = ScenarioEvent { at: reader.require("at")?, verb, span: reader.take("for")? };
    reader.finish()?;
    Ok(event)
}

fn link(mut reader: Reader<'_>) -> Result<LinkSpec, Wrong> {
    let share = |share: Option<Share>| share.map_or(0.0, |Share(share)| share);
    let link = LinkSpec {
        boards: reader.take("boards")?.unwrap_or_else(Targets::all),
        from: reader.take("from")?,
        until: reader.take("until")?,
        rule: LinkRule {
            direction: reader.take("direction")?,
            loss: share(reader.take("loss")?),
            latency: reader.take("latency")?.unwrap_or_default(),
            jitter: reader.take("jitter")?.unwrap_or_default(),
            duplicate: share(reader.take("duplicate")?),
            corrupt: share(reader.take("corrupt")?),
            rate_bps: reader.take("rate_bps")?.map_or(0, |Rate(rate)| rate),
        },
    };
    reader.finish()?;
    Ok(link)
}

fn expectation(mut reader: Reader<'_>) -> Result<Expectation, Wrong> {
    let share = |share: Option<Share>| share.map(|Share(share)| share);
    let expectation = Expectation {
        boards: reader.take("boards")?,
        from: reader.take("from")?,
        until: reader.take("until")?,
        success_min: share(reader.take("success_min")?),
        success_max: share(reader.take("success_max")?),
        exchanges_min: reader.take("exchanges_min")?,
        first_color_max: reader.take("first_color_max")?,
        recovery_max: reader.take("recovery_max")?,
        reports: reader.take("reports")?.map(|Report(failure)| failure),
    };
    reader.finish()?;
    Ok(expectation)
}

/// Where a place is in the text: the value of its key, or what stands nearest to it.
fn locate(document: &DeTable<'_>, place: Place) -> Range<usize> {
    let array = match place.table {
        Table::Top => "",
        Table::Network | Table::Router => "network",
        Table::Board => "board",
        Table::Event => "event",
        Table::Link => "link",
        Table::Expect => "expect",
    };
    let element = document.get(array).and_then(|array| array.get_ref().as_array()?.get(place.index));
    let element = match place.table {
        Table::Top => return document.get(place.key).map_or(0..0, toml::Spanned::span),
        Table::Router => element.and_then(|network| network.get_ref().as_table()?.get("router")),
        _ => element,
    };
    let value = element.and_then(|element| element.get_ref().as_table()?.get(place.key));
    value.or(element).map_or(0..0, toml::Spanned::span)
}
