//! The daily report of one person (MY-18).

mod emergency;
mod note;
mod page;
mod subject;
mod symptoms;
mod vitals;

pub use emergency::alert;
pub use page::{ReportPage, set_for};

use uuid::Uuid;
use yew::prelude::*;

use crate::components::{Tone, notice};
use crate::draft::Draft;
use crate::store::Store;

/// Changes the draft of one person; whatever the household is doing besides stays.
fn edit(store: &Store, person_id: Uuid, change: impl FnOnce(&mut Draft) + 'static) {
    store.update(move |memory| memory.desk.edit(person_id, Uuid::new_v4(), change));
}

/// What is to be known of a draft before it is sent.
pub fn remark(draft: &Draft) -> Html {
    draft.remark.map_or_else(Html::default, |text| notice(Tone::Wait, true, html! { <p>{ text }</p> }))
}
