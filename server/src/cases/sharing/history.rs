//! What was shared and handed over with a person, from the beginning.

use maud::{Markup, html};

use crate::access::Relation;
use crate::cases::sharing::store::Sharing;
use crate::cases::transfers::store::{End, Transfer};
use crate::clock::Timestamp;
use crate::ui::table::{self, Column};

/// One step of sharing or hand-over, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub at: Timestamp,
    pub what: String,
    pub who: String,
    /// What was said with it; empty where nothing was.
    pub words: String,
}

/// The steps, the newest first.
pub fn steps(sharings: &[Sharing], transfers: &[Transfer]) -> Vec<Step> {
    let mut steps: Vec<Step> =
        sharings.iter().flat_map(of_sharing).chain(transfers.iter().flat_map(of_transfer)).collect();
    steps.sort_by_key(|step| std::cmp::Reverse(step.at));
    steps
}

/// The steps as a table.
pub fn show(sharings: &[Sharing], transfers: &[Transfer]) -> Markup {
    let steps = steps(sharings, transfers);
    if steps.is_empty() {
        return html! {};
    }
    let rows = steps.iter().map(|step| {
        html! {
            tr {
                td { (step.at.minute_text()) }
                td { (step.what) }
                td { (step.who) }
                td.wrap { (step.words) }
            }
        }
    });
    html! {
        section.sharing-section aria-labelledby="history" {
            h2 #history { "経過" }
            (table::dense("経過の一覧", &["日時", "できごと", "操作した人", "連絡事項・理由"].map(Column::new), rows))
        }
    }
}

fn of_sharing(sharing: &Sharing) -> Vec<Step> {
    let (begun, ended) =
        if sharing.is(Relation::Related) { ("共有", "共有の終了") } else { ("紐づけ", "紐づけの解除") };
    let step = |at, what: &str, who: &Option<String>| Step {
        at,
        what: format!("{what}：{}", sharing.organization),
        who: who.clone().unwrap_or_default(),
        words: String::new(),
    };
    // The later of two steps at the same moment comes first.
    let end = sharing.ended_at.map(|at| step(at, ended, &sharing.ended_by));
    end.into_iter().chain([step(sharing.since, begun, &sharing.set_by)]).collect()
}

fn of_transfer(transfer: &Transfer) -> Vec<Step> {
    let step = |at, what: &str, center: &str, by: &Option<String>, words: Option<&String>| Step {
        at,
        what: format!("引継ぎの{what}：{} → {}", transfer.from_center, transfer.to_center),
        who: format!("{center} {}", by.as_deref().unwrap_or_default()),
        words: words.cloned().unwrap_or_default(),
    };
    let end = End::ALL.into_iter().find(|end| end.code() == transfer.status);
    let ended = end.zip(transfer.ended_at).map(|(end, at)| {
        let center = if end == End::Withdrawn { &transfer.from_center } else { &transfer.to_center };
        step(at, end.label(), center, &transfer.ended_by, transfer.reason.as_ref())
    });
    let offered = step(transfer.offered_at, "依頼", &transfer.from_center, &transfer.offered_by, Some(&transfer.note));
    ended.into_iter().chain([offered]).collect()
}
