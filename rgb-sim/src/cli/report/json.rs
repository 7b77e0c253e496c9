//! For programs: one object a line, as `schema/event.schema.json` says.

use rgb_sim::Event;

pub(super) fn render(event: &Event) -> String {
    serde_json::to_string(event).expect("an event has only string keys and no value that JSON lacks")
}
