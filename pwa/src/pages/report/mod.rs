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

use crate::draft::Draft;
use crate::store::Store;

/// Changes the draft of one person; whatever the household is doing besides stays.
fn edit(store: &Store, person_id: Uuid, change: impl FnOnce(&mut Draft) + 'static) {
    store.update(move |memory| memory.desk.edit(person_id, change));
}
