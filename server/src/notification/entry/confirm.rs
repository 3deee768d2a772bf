//! The page between form and report: everything that will be reported (FORM-18), who may be the same person,
//! and of an edit what it changes.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::notification::Content;
use hersys_shared::notification::items::Kind;
use maud::{Markup, html};

use crate::App;
use crate::access::OrganizationKind;
use crate::cases::store as cases;
use crate::error::{Error, Result};
use crate::notification::entry::draft::Drafting;
use crate::notification::entry::duplicates::{self, Candidate};
use crate::notification::entry::form;
use crate::notification::entry::store::Draft;
use crate::notification::{items, store as notifications};
use crate::ui::{Page, Tone, notice, operations};

/// Everything once more before 【報告】.
pub async fn page(drafting: Drafting, State(app): State<App>) -> Result<Response> {
    if let Some(done) = form::reported(&drafting.draft) {
        return Ok(done);
    }
    let checked = form::judge(&drafting, &app).await?;
    if !checked.problems.is_empty() {
        return Ok(Redirect::to(&drafting.draft.path()).into_response());
    }
    form::note(&drafting, &app, "notification.confirm").await?;
    let draft = &drafting.draft;
    let centers = form::centers(drafting.db(), drafting.staff()).await?;
    let center_id = checked.content.values.get("receiving_center").to_owned();
    let center = centers.iter().find(|(id, _)| *id == center_id).map_or("", |(_, name)| name.as_str());
    let lookalikes = duplicates::found(&drafting, &app, &checked.content).await?;
    let path = draft.path();
    let buttons = report_buttons(&path, !lookalikes.is_empty());
    let main = html! {
        div.form-head {
            h1 { "入力内容の確認" }
            (buttons)
        }
        (notice(Tone::Wait, html! {
            p {
                strong { @if draft.is_edit() { "変更はまだ報告されていません。" } @else { "まだ報告されていません。" } }
                "内容に誤りがないか、もう一度確かめてから【"
                @if lookalikes.is_empty() { "報告" } @else { "別の方として報告" }
                "】を押してください。"
            }
        }))
        @if !checked.warnings.is_empty() {
            details.confirm-warnings {
                summary { "入力されていない項目など（" (checked.warnings.len()) "件）" }
                ul { @for warning in &checked.warnings { li { (warning.message) } } }
            }
        }
        (of_whom(&drafting).await?)
        (unknown_id(draft, &lookalikes))
        (duplicates::show(&lookalikes, draft, &checked.content))
        (changes(&drafting, &checked.content, &centers).await?)
        @if drafting.staff().kind == OrganizationKind::MedicalInstitution && checked.content.names_no_test() {
            (notice(Tone::Information, html! {
                p { "検査をせずに診断した方（みなし陽性）です。My HER-SYSのURLは、医療機関からは通知されません。保健所が通知するか、リーフレットで案内します。" }
            }))
        }
        form.report-form #report-form method="post" action=(format!("{path}/report")) data-warn-leave data-unsaved {
            input type="hidden" name="seen" value=(draft.fingerprint());
            (items::show(&checked.content, center, &Default::default()))
            label.choice.mail-choice {
                input type="hidden" name="sends_mail" value="";
                input type="checkbox" name="sends_mail" value="yes" checked;
                span { "届出先の保健所にメールを送信する" }
            }
            p.hint { "チェックは外さないでください。外すと、保健所に届いたことがメールで伝わりません。メールに個人の情報は書かれません。" }
            (buttons)
        }
    };
    let page = form::with_strip(Page::new("入力内容の確認").staff(drafting.staff()), &drafting, &app).await?;
    Ok(page.response(main))
}

/// 【再編集】, 【報告】. Where somebody may be the same person, the choice is said.
fn report_buttons(path: &str, has_lookalikes: bool) -> Markup {
    operations(html! {
        a.button href=(path) data-keeps { "再編集" }
        button.button.primary form="report-form" {
            @if has_lookalikes { "別の方として報告" } @else { "報告" }
        }
    })
}

/// Of somebody with a record: whose notification this will be.
async fn of_whom(drafting: &Drafting) -> Result<Markup> {
    let Some(case_id) = drafting.draft.case_id.filter(|_| !drafting.draft.is_edit()) else {
        return Ok(html! {});
    };
    let case = cases::case(drafting.db(), case_id).await?.ok_or(Error::NotFound)?;
    let identity = cases::identity(drafting.db(), case_id).await?.identity;
    Ok(notice(
        Tone::Information,
        html! {
            p {
                "登録済みの " strong { (identity.name) }
                " さん（スマホ入力ID " (case.hersys_id.spaced()) "）の発生届として追加します。"
                "入力しなかった住所などは、登録情報から入っています。報告すると、この内容が登録情報に反映されます。"
            }
        },
    ))
}

/// The ID that was typed belongs to nobody whom the writer reaches.
fn unknown_id(draft: &Draft, lookalikes: &[Candidate]) -> Markup {
    let typed = draft.typed.get("known_hersys_id").trim();
    let is_found = lookalikes.iter().any(|candidate| candidate.has_id(typed));
    html! {
        @if draft.case_id.is_none() && !typed.is_empty() && !is_found {
            (notice(Tone::Wait, html! {
                p {
                    "スマホ入力ID " (typed) " の方は、登録情報の中に見つかりません。番号を確かめてください。"
                    "このまま報告すると、新しい方として登録されます。"
                }
            }))
        }
    }
}

/// Of an edit: each item that differs, before and after (C-25).
async fn changes(drafting: &Drafting, content: &Content, centers: &[(String, String)]) -> Result<Markup> {
    let (Some(case_id), Some(notification_id)) = (drafting.draft.case_id, drafting.draft.notification_id) else {
        return Ok(html! {});
    };
    let stored = notifications::notification(drafting.db(), case_id, notification_id).await?;
    let Some(before) = stored.and_then(|stored| stored.content) else {
        return Ok(notice(
            Tone::Danger,
            html! {
                p { "この発生届は、編集しているあいだに削除されました。報告はできません。" }
            },
        ));
    };
    let shown = |item: &hersys_shared::notification::items::Item, value: &str| match item.kind {
        _ if value.is_empty() => "（空欄）".to_owned(),
        Kind::Center => centers.iter().find(|(id, _)| id == value).map_or_else(String::new, |(_, name)| name.clone()),
        _ => item.shown(value),
    };
    let changes = Content::changes(&before, content);
    Ok(html! {
        section.items aria-labelledby="changes" {
            h2 #changes { "変更する項目（" (changes.len()) "件）" }
            @if changes.is_empty() { p { "変更はありません。" } }
            dl {
                @for (item, old, new) in changes {
                    div { dt { (item.label) } dd { del { (shown(item, old)) } " → " ins { (shown(item, new)) } } }
                }
            }
        }
    })
}
