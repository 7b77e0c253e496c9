//! The settings of the boards, and the network that they ask for.

use std::collections::BTreeMap;
use std::path::Path;

use rgb_proto::settings::{Role, Settings, SettingsDraft};
use rgb_sim::provision::settings_of_uf2;
use rgb_sim::scenario::NetworkSpec;
use rgb_sim::world::{AccessPointConfig, RouterConfig};

use super::EmulateError;
use super::args::{Assignment, EmulateArgs};
use crate::cli::provision::read_settings;

/// The network of boards that name none.
const SSID: &str = "Home";
const PASSPHRASE: &str = "correct horse";

/// Settings by field, as a [`SettingsDraft`] takes them.
pub(super) type Fields = BTreeMap<String, String>;

/// The boards' settings, each checked.
pub(super) struct Boards {
    pub(super) server: Fields,
    pub(super) client: Fields,
    /// Where they meet, unless one of them is the access point.
    pub(super) network: Option<NetworkSpec>,
}

impl Boards {
    /// The settings that were asked for, on top of those that come with the firmware.
    pub(super) fn new(
        args: &EmulateArgs,
        server_firmware: &[u8],
        client_firmware: &[u8],
    ) -> Result<Self, EmulateError> {
        let mut server = base(args.server_settings.as_deref(), server_firmware)?;
        let mut client = base(args.client_settings.as_deref(), client_firmware)?;
        assign(&mut server, args.set.iter().chain(&args.server_set));
        assign(&mut client, args.set.iter().chain(&args.client_set));
        server.entry("role".into()).or_insert_with(|| Role::Server.as_str().into());
        client.entry("role".into()).or_insert_with(|| Role::Client.as_str().into());
        let network = meet(&mut server, &mut client);
        if !finish("server", &server)?.role().serves() {
            return Err(EmulateError::NoServer);
        }
        if !finish("client", &client)?.role().asks() {
            return Err(EmulateError::NoClient);
        }
        Ok(Self { server, client, network })
    }
}

/// The settings in a file, or else in that of the firmware, or else none.
fn base(file: Option<&Path>, firmware: &[u8]) -> Result<Fields, EmulateError> {
    let settings = match file {
        Some(path) => Some(read_settings(path)?.0),
        None => settings_of_uf2(firmware).ok().map(|(settings, _)| settings),
    };
    Ok(settings.as_ref().map(fields).unwrap_or_default())
}

/// The fields that have a value.
fn fields(settings: &Settings) -> Fields {
    let draft = settings.to_draft();
    let values = SettingsDraft::FIELDS.into_iter().filter_map(|field| Some((field, draft.value(field)?)));
    let (secret, shown): (Vec<_>, Vec<_>) = values.partition(|(_, value)| value.is_secret());
    let shown =
        shown.into_iter().filter(|(_, value)| !value.is_empty()).map(|(field, value)| (field, value.to_string()));
    // The secrets are the passphrases, in the order of the networks.
    let passphrases = secret
        .into_iter()
        .zip(settings.networks())
        .filter_map(|((field, _), network)| Some((field, network.passphrase()?.reveal().to_owned())));
    let mut fields: Fields = shown.chain(passphrases).map(|(field, value)| (field.to_owned(), value)).collect();
    let mut nameless = draft;
    if nameless.set("name", "").is_ok() && nameless == draft {
        // The name is the one of its role, which would be that of several boards.
        fields.remove("name");
    }
    fields
}

fn assign<'a>(fields: &mut Fields, assignments: impl Iterator<Item = &'a Assignment>) {
    for Assignment { field, value } in assignments {
        if value.is_empty() {
            fields.remove(field);
        } else {
            fields.insert(field.clone(), value.clone());
        }
    }
}

/// The network that the server names, or else the clients. A board that names none joins it.
fn meet(server: &mut Fields, client: &mut Fields) -> Option<NetworkSpec> {
    let (ssid, passphrase) =
        match [&*server, &*client].into_iter().find_map(|fields| Some((fields, fields.get("ssid")?))) {
            Some((fields, ssid)) => (ssid.clone(), fields.get("passphrase").cloned()),
            None => (SSID.to_owned(), Some(server.get("passphrase").map_or(PASSPHRASE, String::as_str).to_owned())),
        };
    for fields in [&mut *server, &mut *client] {
        if fields.contains_key("ssid") {
            continue;
        }
        fields.insert("ssid".into(), ssid.clone());
        if let Some(passphrase) = &passphrase {
            fields.entry("passphrase".into()).or_insert_with(|| passphrase.clone());
        }
    }
    let is_board = [server, client].iter().any(|fields| fields.get("wifi").is_some_and(|wifi| wifi == "access_point"));
    (!is_board).then(|| NetworkSpec {
        access_point: AccessPointConfig { ssid, passphrase, ..AccessPointConfig::default() },
        router: Some(RouterConfig::default()),
        ..NetworkSpec::default()
    })
}

/// The settings, if they fit together.
fn finish(board: &'static str, fields: &Fields) -> Result<Settings, EmulateError> {
    let mut draft = SettingsDraft::new();
    let set = fields.iter().try_for_each(|(field, value)| draft.set(field, value));
    set.and_then(|()| draft.finish()).map_err(|error| EmulateError::Settings { board, error })
}
