//! Two people edited the same notification: both versions side by side, nothing lost (PERM-08, FORM-25).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::notification::items::find;
use hersys_shared::notification::{Content, Edition, Typed, check};
use maud::html;
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::cases;
use crate::error::{Error, Result};
use crate::notification::entry::draft::{self, Drafting};
use crate::notification::entry::{form, store};
use crate::notification::history;
use crate::notification::store::{self as notifications, Notification};
use crate::notification::tab::address;
use crate::notification::view;
use crate::ui::{Page, Tone, notice, operations};

/// The page that stands in place of saving.
pub async fn page(drafting: Drafting, State(app): State<App>) -> Result<Response> {
    if let Some(done) = form::reported(&drafting.draft) {
        return Ok(done);
    }
    let stored = edited(&drafting).await?;
    let Some(saved) = &stored.content else { return Ok(view::gone(stored.case_id)) };
    form::note(&drafting, &app, "notification.conflict").await?;
    let draft = &drafting.draft;
    let typed = check(&draft.typed, draft.edition, app.clock.today()).content;
    let by = cases::store::account_name(drafting.db(), stored.updated_by).await?;
    let names = form::centers(drafting.db(), drafting.staff()).await?;
    let names = names.into_iter().filter_map(|(id, name)| Some((Uuid::parse_str(&id).ok()?, name))).collect();
    let main = html! {
        h1 { "ほかの人が先に保存しました" }
        (notice(Tone::Wait, html! {
            p {
                "編集している間に、" (by.unwrap_or_default()) "が " (stored.updated_at.minute_text())
                " に保存しました。あなたの入力はまだ保存されていません。ちがいを確かめて、保存し直してください。"
            }
        }))
        (history::changes(saved, &typed, &names, ["保存されている内容", "あなたの入力"]))
        p { "再編集では、あなたが変えた項目はあなたの入力に、ほかの項目は保存されている内容になります。" }
        form method="post" action={ (draft.path()) "/conflict" } {
            (operations(html! {
                a.button href=(address(stored.case_id, stored.notification_id)) { "あなたの入力を保存しない" }
                button.button.primary { "再編集" }
            }))
        }
    };
    Ok(Page::new("発生届の編集").staff(drafting.staff()).response_with(StatusCode::CONFLICT, main))
}

/// 【再編集】: a form over the version that is stored now, with what this writer changed.
pub async fn edit_again(drafting: Drafting, State(app): State<App>) -> Result<Response> {
    if let Some(done) = form::reported(&drafting.draft) {
        return Ok(done);
    }
    let stored = edited(&drafting).await?;
    let Some(saved) = &stored.content else { return Ok(view::gone(stored.case_id)) };
    let old = &drafting.draft;
    let versions = notifications::versions(drafting.db(), stored.case_id, stored.notification_id).await?;
    let base = versions.into_iter().find(|version| Some(version.version) == old.version).map(|version| version.content);
    let of = (stored.case_id, stored.notification_id);
    let mut next = draft::begin_edit(drafting.staff(), of, stored.version, saved, app.clock.now());
    let today = app.clock.now().day();
    next.typed = merged(base.as_ref(), saved, &normal(&old.typed, old.edition, today));
    next.is_touched = true;
    if base.is_none_or(|base| base.edition != old.edition) {
        next.edition = old.edition;
    }
    let mut tx = drafting.db().begin().await?;
    store::insert(&mut tx, &next).await?;
    store::discard(&mut tx, old.draft_id).await?;
    tx.commit().await?;
    Ok(Redirect::to(&next.path()).into_response())
}

/// What was typed in the form in which notifications keep it, so that a mere way of writing is no change; what cannot
/// be read stays as it was typed.
fn normal(typed: &Typed, edition: Edition, today: Date) -> Typed {
    let checked = check(typed, edition, today);
    let mut normal = checked.content.values;
    for (key, value) in typed.iter().filter(|(key, _)| find(key).is_none() || checked.problems.of(key).is_some()) {
        normal.set(key, value);
    }
    normal
}

/// What is stored now, with every item over it that the writer changed since `base`.
fn merged(base: Option<&Content>, saved: &Content, typed: &Typed) -> Typed {
    let empty = Typed::default();
    let base = base.map_or(&empty, |base| &base.values);
    let mut merged = saved.values.clone();
    let keys: Vec<&str> = base.iter().chain(typed.iter()).map(|(key, _)| key).collect();
    for key in keys {
        if typed.get(key) != base.get(key) {
            merged.set(key, typed.get(key));
        }
    }
    merged
}

async fn edited(drafting: &Drafting) -> Result<Notification> {
    let (Some(case_id), Some(notification_id)) = (drafting.draft.case_id, drafting.draft.notification_id) else {
        return Err(Error::NotFound);
    };
    notifications::notification(drafting.db(), case_id, notification_id).await?.ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perm_08_a_way_of_writing_is_no_change() {
        let typed: Typed =
            [("remarks", "一行目\r\n二行目"), ("birth_on", "S60.6.7"), ("phone", "いつか")].into_iter().collect();
        let normal = normal(&typed, Edition::Full, time::macros::date!(2022 - 08 - 01));
        assert_eq!(normal.get("remarks"), "一行目\n二行目");
        assert_eq!((normal.get("birth_on"), normal.get("phone")), ("1985-06-07", "いつか"));
    }

    #[test]
    fn perm_08_both_writers_changes_are_kept() {
        let content =
            |values: &[(&str, &str)]| Content { edition: Edition::Full, values: values.iter().copied().collect() };
        let base = content(&[("name", "山田"), ("occupation", "会社員"), ("phone", "0312345678")]);
        let saved = content(&[("name", "山田"), ("occupation", "教員"), ("phone", "0312345678")]);
        let mine = content(&[("name", "山本"), ("occupation", "会社員")]).values;
        let merged = merged(Some(&base), &saved, &mine);
        assert_eq!((merged.get("name"), merged.get("occupation"), merged.get("phone")), ("山本", "教員", ""));
    }
}
