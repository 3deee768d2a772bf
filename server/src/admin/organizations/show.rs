//! One organisation: what it is, its IDs, and what can be done with them.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use hersys_shared::{days, prefectures};
use maud::{Markup, html};
use serde::Deserialize;
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::OrganizationKind;
use crate::access::grant::Issuer;
use crate::access::organization::OrganizationState;
use crate::admin::accounts::{self, Account};
use crate::admin::line;
use crate::admin::organizations::form::{Extent, has_roles};
use crate::admin::organizations::{Desk, Organization, edit};
use crate::admin::tokens;
use crate::error::Result;
use crate::ui::{Column, Page, Tone, notice, operations, table};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Arrival {
    done: String,
}

pub async fn page(
    issuer: Issuer,
    State(app): State<App>,
    Path(organization_id): Path<Uuid>,
    Query(arrival): Query<Arrival>,
) -> Result<Response> {
    let desk = Desk::of(&issuer).await?;
    let organization = desk.organization(&issuer, organization_id).await?;
    let accounts = accounts::store::of_organization(issuer.db(), organization_id).await?;
    let state = organization.state(app.clock.today());
    let here = format!("/staff/admin/organizations/{organization_id}");
    let may_issue = line::may_issue(&desk.own, &organization.line(&desk.offices));
    let extent = edit::extent(&desk, &organization).ok();
    let main = html! {
        p.admin-back { a href="/staff/admin/organizations" { "機関とIDの一覧" } }
        h1 { (organization.name) }
        (done(&arrival.done, (!may_issue).then(|| desk.issuer_of(&organization))))
        (state_notice(state))
        (operations(html! {
            @if may_issue && !matches!(state, OrganizationState::Ended(_)) {
                a.button.primary href=(format!("{here}/accounts/new")) { "IDを発行" }
            }
            @if extent.is_some() { a.button href=(format!("{here}/edit")) { "編集" } }
            @if extent == Some(Extent::All) {
                @if state.is_active() {
                    a.button href=(format!("{here}/deactivation")) { "利用を停止" }
                } @else {
                    form method="post" action=(format!("{here}/activation")) { button.button { "今すぐ利用を始める" } }
                }
            }
        }))
        (facts(&organization, &desk))
        (ids(&accounts, &organization, may_issue, &desk))
        (tokens::section(&issuer, &organization, app.clock.now()).await?)
    };
    Ok(Page::new("機関").staff(issuer.staff()).response(main))
}

/// Asks before an organisation's IDs stop working.
pub async fn deactivation(issuer: Issuer, Path(organization_id): Path<Uuid>) -> Result<Response> {
    let desk = Desk::of(&issuer).await?;
    let organization = edit::managed(&issuer, &desk, organization_id).await?;
    let accounts = accounts::store::of_organization(issuer.db(), organization_id).await?;
    let living = accounts.iter().filter(|account| account.ended_at.is_none()).count();
    let here = format!("/staff/admin/organizations/{organization_id}");
    let main = html! {
        h1 { (organization.name) "の利用を停止しますか" }
        ul {
            @if living > 0 { li { "この機関のID " strong { (living) "件" } "は、すぐにサインインできなくなります。サインイン中の人も、次の操作からサインアウトになります。" } }
            @else { li { "停止のあいだ、この機関にIDは発行できません。" } }
            li { "登録された情報は消えません。停止したあとでも、利用を再開できます。" }
            li { "日を決めて停止するときは、「編集」で利用停止日を入力してください。" }
        }
        form method="post" action=(format!("{here}/deactivation")) {
            div.actions {
                button.button.danger type="submit" { "利用を停止する" }
                a.button href=(here) { "やめる" }
            }
        }
    };
    Ok(Page::new("機関の利用停止").staff(issuer.staff()).response(main))
}

/// `issued_by`: who issues the IDs where the reader does not.
fn done(what: &str, issued_by: Option<String>) -> Markup {
    let sentence = match what {
        "created" => {
            let next = issued_by.map_or("続けて【IDを発行】できます。".to_owned(), |office| {
                format!("この機関のIDは、{office}が発行します。")
            });
            return notice(Tone::Done, html! { p { "機関を登録しました。" (next) } });
        }
        "saved" => "保存しました。",
        "stopped" => "利用を停止しました。この機関のIDではサインインできません。",
        "token-revoked" => "トークンを失効させました。このトークンでは、もう報告できません。",
        "started" => "利用を始めました。この機関のIDでサインインできます。",
        _ => return html! {},
    };
    notice(Tone::Done, html! { p { (sentence) } })
}

fn state_notice(state: OrganizationState) -> Markup {
    match state {
        OrganizationState::Active => html! {},
        OrganizationState::NotYet(from) => notice(
            Tone::Wait,
            html! { p { (days::japanese(from)) "から利用できます。それまで、この機関のIDではサインインできません。" } },
        ),
        OrganizationState::Ended(until) => {
            notice(Tone::Wait, html! { p { (days::japanese(until)) "に利用を停止した機関です。" } })
        }
    }
}

fn facts(organization: &Organization, desk: &Desk) -> Markup {
    let day = |day: Option<Date>| day.map_or_else(|| "—".to_owned(), days::japanese);
    let or_dash = |text: &str| if text.is_empty() { "—".to_owned() } else { text.to_owned() };
    let prefecture =
        prefectures::name(&organization.prefecture_code).unwrap_or(&organization.prefecture_code).to_owned();
    let mut facts = vec![
        ("種別", organization.kind_label()),
        ("コード", or_dash(organization.code.as_deref().unwrap_or_default())),
        ("都道府県", prefecture),
    ];
    if line::governing_kind(organization.kind).is_some() {
        let label =
            if organization.kind == OrganizationKind::MedicalInstitution { "所管保健所" } else { "所管" };
        facts.push((label, or_dash(desk.office_name(organization.governing_id))));
    }
    if organization.kind == OrganizationKind::MedicalInstitution {
        facts.push(("健康フォローアップの権限", if organization.follow_up { "あり" } else { "なし" }.into()));
    }
    if organization.kind == OrganizationKind::HealthCenter {
        let policy = |is: bool, yes: &str, no: &str| if is { yes.to_owned() } else { no.to_owned() };
        facts.push(("My HER-SYSのURLとHER-SYS IDの通知", policy(organization.sends_url_notice, "する", "しない")));
        facts.push(("健康状態の入力のお願い", organization.reminders.words()));
        facts.push(("医療機関からの通知", policy(organization.institutions_may_notify, "認める", "認めない")));
    }
    facts.push(("電話番号", or_dash(&organization.phone)));
    facts.push(("住所", or_dash(&organization.address)));
    facts.push(("メールアドレス（お知らせの宛先）", or_dash(&organization.mail)));
    if has_roles(organization.kind) {
        facts.push(("システム利用統括責任者", or_dash(&organization.system_chief)));
        facts.push(("システム利用管理者", or_dash(&organization.system_manager)));
    }
    facts.push(("利用開始日", day(organization.active_from)));
    facts.push(("利用停止日", day(organization.active_until)));
    html! {
        section.items.admin-facts aria-label="機関の内容" {
            dl { @for (label, value) in facts { div { dt { (label) } dd { (value) } } } }
        }
    }
}

fn ids(accounts: &[Account], organization: &Organization, may_issue: bool, desk: &Desk) -> Markup {
    let columns = [
        Column::new("サインインID"),
        Column::new("利用者名"),
        Column::new("権限"),
        Column::new("状態"),
        Column::new("発行日"),
    ];
    let rows = accounts.iter().map(|account| {
        html! {
            tr {
                td { a href={ "/staff/admin/accounts/" (account.account_id) } { (account.sign_in_id) } }
                td { (account.display_name) }
                td { (account.right().label()) }
                td { (account.state().mark()) }
                td.tabular { (days::iso(account.created_at.day()).replace('-', "/")) }
            }
        }
    });
    html! {
        h2 { "この機関のID" }
        @if accounts.is_empty() {
            (table::empty("IDはまだ発行されていません。", html! {
                @if may_issue {
                    p { a href=(format!("/staff/admin/organizations/{}/accounts/new", organization.organization_id)) { "IDを発行" } "すると、この機関の人がサインインできます。" }
                } @else {
                    p { "この機関のIDは、" (desk.issuer_of(organization)) "が発行します。" }
                }
            }))
        } @else {
            (table::dense("この機関のID", &columns, rows))
        }
    }
}
