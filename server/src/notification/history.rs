//! 変更履歴: the versions of a notification, and what differs between any two of them.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use hersys_shared::notification::Content;
use hersys_shared::notification::items::{Item, Kind};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::cases;
use crate::error::{Error, Result};
use crate::notification::store::{self, Version};
use crate::notification::tab::{self, Right, address};
use crate::notification::view;
use crate::ui::operations;
use crate::ui::table::{self, Column};

/// Names of health centres by their ids, as contents hold them.
pub type Names = HashMap<Uuid, String>;

/// Which two versions are compared; the last two where nothing is said.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    before: Option<i64>,
    after: Option<i64>,
}

pub async fn history(
    grant: Right,
    client: Client,
    State(app): State<App>,
    Path((case_id, notification_id)): Path<(Uuid, Uuid)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let found = store::notification(grant.db(), case_id, notification_id).await?;
    let notification = found.ok_or(Error::NotFound)?;
    if notification.content.is_none() {
        return Ok(view::gone(case_id));
    }
    view::note(&grant, &client, &app, "notification.history", &notification).await?;
    let versions = store::versions(grant.db(), case_id, notification_id).await?;
    let mut writers = HashMap::new();
    for version in &versions {
        if let std::collections::hash_map::Entry::Vacant(place) = writers.entry(version.written_by) {
            place.insert(cases::store::account_name(grant.db(), version.written_by).await?.unwrap_or_default());
        }
    }
    let names = center_names(&grant, versions.iter().map(|version| &version.content)).await?;
    let last = notification.version;
    let after = chosen(&versions, wanted.after.unwrap_or(last));
    let before = chosen(&versions, wanted.before.unwrap_or(last - 1));
    let own = address(case_id, notification_id);
    let main = html! {
        p.back { a href=(own) { "発生届" } }
        h1 { "発生届の変更履歴" }
        form.version-choice method="get" action={ (own) "/history" } {
            (table::dense("版の一覧", &["変更前", "変更後", "版", "日時", "入力した人"].map(Column::new), versions.iter().rev().map(|version| {
                row(version, &writers[&version.written_by], before, after)
            })))
            (operations(html! { button.button.primary { "2つの版を比べる" } }))
        }
        @match (before, after) {
            (Some(before), Some(after)) if before.version != after.version => {
                h2 { "第" (before.version) "版と第" (after.version) "版のちがい" }
                (changes(&before.content, &after.content, &names, ["変更前", "変更後"]))
            }
            _ => { p { "まだ変更されていません。" } }
        }
    };
    tab::page(&grant, &app, "発生届の変更履歴", main, StatusCode::OK).await
}

fn chosen(versions: &[Version], number: i64) -> Option<&Version> {
    versions.iter().find(|version| version.version == number)
}

fn row(version: &Version, writer: &str, before: Option<&Version>, after: Option<&Version>) -> Markup {
    let radio = |name: &str, of: Option<&Version>, label: String| {
        html! {
            td.pick { label {
                input type="radio" name=(name) value=(version.version) aria-label=(label)
                    checked[of.is_some_and(|of| of.version == version.version)];
            } }
        }
    };
    html! {
        tr {
            (radio("before", before, format!("第{}版を変更前にする", version.version)))
            (radio("after", after, format!("第{}版を変更後にする", version.version)))
            th scope="row" { "第" (version.version) "版" }
            td { (version.written_at.minute_text()) }
            td { (writer) @if version.version == 1 { "（報告）" } }
        }
    }
}

/// The items that differ, with both values; `heads` names the two. Used by confirmation and conflict as well.
pub fn changes(before: &Content, after: &Content, names: &Names, heads: [&str; 2]) -> Markup {
    let differing = Content::changes(before, after);
    let edition = (before.edition != after.edition).then(|| (before.edition.label(), after.edition.label()));
    let rows = edition.map(|(was, is)| line("様式", was, is)).into_iter().chain(
        differing
            .into_iter()
            .map(|(item, was, is)| line(item.label, &shown(item, was, names), &shown(item, is, names))),
    );
    let rows: Vec<Markup> = rows.collect();
    html! {
        @if rows.is_empty() {
            p { "ちがいはありません。" }
        } @else {
            (table::dense("ちがう項目", &["項目", heads[0], heads[1]].map(Column::new), rows))
        }
    }
}

fn line(label: &str, was: &str, is: &str) -> Markup {
    html! { tr { th scope="row" { (label) } td.wrap.kept { (was) } td.wrap.kept { (is) } } }
}

fn shown(item: &Item, value: &str, names: &Names) -> String {
    match item.kind {
        // 無 is an answer, and a mark that is not set too.
        Kind::Symptom => item.shown(value),
        Kind::Mark if value.is_empty() => "該当しない".to_owned(),
        _ if value.is_empty() => "未入力".to_owned(),
        Kind::Center => {
            let name = Uuid::parse_str(value).ok().and_then(|id| names.get(&id));
            name.cloned().unwrap_or_else(|| value.to_owned())
        }
        _ => item.shown(value),
    }
}

/// The health centres that some contents name.
pub async fn center_names<'a, A: crate::access::grant::Action>(
    grant: &crate::access::Grant<crate::access::grant::group::Notification, A>,
    contents: impl Iterator<Item = &'a Content>,
) -> Result<Names> {
    let ids: Vec<Uuid> =
        contents.filter_map(|content| Uuid::parse_str(content.values.get("receiving_center")).ok()).collect();
    cases::store::organization_names(grant.db(), &ids).await
}
