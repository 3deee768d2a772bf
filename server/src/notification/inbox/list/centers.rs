//! What a head office sees first: how far each of its centres has come. Numbers only; it changes nothing.

use axum::response::Response;
use maud::html;

use crate::App;
use crate::access::grant::Read;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::notification::inbox::Desk;
use crate::notification::inbox::list::store::{self, Progress};
use crate::ui::Page;
use crate::ui::table::{Column, dense, empty};

pub async fn page(desk: &Desk<Read>, _app: &App) -> Result<Response> {
    let centers = store::centers(desk.db(), desk.staff().organization_id).await?;
    let progress = store::progress(desk.db(), &centers).await?;
    let of = |id| progress.iter().find(|progress| progress.center_id == id).cloned().unwrap_or_default();
    let rows: Vec<(&store::Center, Progress)> =
        centers.iter().map(|center| (center, of(center.organization_id))).collect();
    let sum = |number: fn(&Progress) -> i64| rows.iter().map(|(_, progress)| number(progress)).sum::<i64>();
    let columns: Vec<Column<'_>> = std::iter::once(Column::new("保健所"))
        .chain(
            ["発生届", "県へ報告済", "未報告", "報告後に変更", "保健所の確認待ち"]
                .map(|head| Column::new(head).number()),
        )
        .chain([Column::new("最も古い確認待ち")])
        .collect();
    let line = |progress: &Progress| {
        html! {
            td.number { (progress.living) }
            td.number { (progress.reported) }
            td.number { (unreported(progress)) }
            td.number { (progress.changed_since) }
            td.number { (progress.waiting) }
        }
    };
    let table = dense(
        "管内の届出受付の状況",
        &columns,
        rows.iter()
            .map(|(center, progress)| {
                html! {
                    tr {
                        td { a href=(format!("/staff/inbox?center={}", center.organization_id)) { (center.name) } }
                        (line(progress))
                        td { (progress.oldest.map_or("—".to_owned(), |at| Timestamp(at).minute_text())) }
                    }
                }
            })
            .chain([html! {
                tr.inbox-sum {
                    td { "合計" }
                    (line(&Progress {
                        living: sum(|progress| progress.living),
                        reported: sum(|progress| progress.reported),
                        changed_since: sum(|progress| progress.changed_since),
                        waiting: sum(|progress| progress.waiting),
                        ..Progress::default()
                    }))
                    td {}
                }
            }]),
    );
    let main = html! {
        h1 { "届出受付（管内の状況）" }
        p.fine { "発生届の確認と県への報告は、届出先の保健所が行います。保健所の名前から、その受付の一覧を見られます（閲覧のみ）。" }
        @if centers.is_empty() {
            (empty("管内の保健所がまだ登録されていません。", html! {}))
        } @else { (table) }
    };
    Ok(Page::new("届出受付").staff(desk.staff()).wide().response(main))
}

/// Neither reported on in this version nor in an earlier one.
fn unreported(progress: &Progress) -> i64 {
    progress.living - progress.reported - progress.changed_since
}
