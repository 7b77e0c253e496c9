//! The settings that were there when the firmware was built.

use rgb_proto::settings::{Settings, SettingsDraft, SettingsError};

/// Fields and values, if there were any.
const BUILT_IN: Option<&[(&str, &str)]> = include!(concat!(env!("OUT_DIR"), "/settings.rs"));

/// The board's settings; `None` where the build had none.
pub(crate) fn settings() -> Result<Option<Settings>, SettingsError> {
    let Some(pairs) = BUILT_IN else { return Ok(None) };
    let mut draft = SettingsDraft::new();
    for (field, value) in pairs {
        draft.set(field, value)?;
    }
    draft.finish().map(Some)
}
