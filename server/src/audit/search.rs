//! 操作の記録: issuers search what the IDs of their own organisation and of those below it did (SEC-12).

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::{HersysId, Problems, days};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use time::{Date, Duration};
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::Issuer;
use crate::access::sign_in::normal_id;
use crate::access::{Client, OrganizationKind, Staff, policy};
use crate::audit::store::{self, Filter};
use crate::audit::table::{self, Details};
use crate::audit::words::Kind;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::ui::table::empty;
use crate::ui::{Field, Page, error_summary};

const TITLE: &str = "操作の記録";
const PATH: &str = "/staff/admin/audit";

/// Days that an empty form offers.
const USUAL_DAYS: i64 = 7;

/// The form as it was typed; also what table `audit_search` keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchForm {
    sign_in_id: String,
    organization: String,
    kind: String,
    from: String,
    until: String,
    hersys_id: String,
}

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Criteria {
    sign_in_id: Option<String>,
    organization: Option<String>,
    kind: Option<Kind>,
    from: Date,
    /// The last day.
    until: Date,
    hersys_id: Option<HersysId>,
}

impl SearchForm {
    fn usual(today: Date) -> Self {
        let from = today.saturating_sub(Duration::days(USUAL_DAYS - 1));
        Self { from: days::iso(from), until: days::iso(today), ..Self::default() }
    }

    fn check(&self) -> Result<Criteria, Problems> {
        let mut problems = Problems::default();
        let given = |typed: &str| Some(typed.trim().replace('\0', "")).filter(|typed| !typed.is_empty());
        let mut day = |field: &str, typed: &str| problems.check(field, days::parse(typed));
        let (from, until) = (day("from", &self.from), day("until", &self.until));
        let hersys_id = given(&self.hersys_id).and_then(|typed| problems.check("hersys_id", HersysId::parse(&typed)));
        for (field, typed) in [("sign_in_id", &self.sign_in_id), ("organization", &self.organization)] {
            if typed.chars().count() > 254 {
                problems.add(field, "254文字までで入力してください。");
            }
        }
        if let (Some(from), Some(until)) = (from, until)
            && from > until
        {
            problems.add("until", "終わりの日は、はじめの日と同じか、あとの日を入力してください。");
        }
        match (from, until, problems.is_empty()) {
            (Some(from), Some(until), true) => Ok(Criteria {
                sign_in_id: given(&self.sign_in_id).map(|typed| normal_id(&typed)),
                organization: given(&self.organization),
                kind: Kind::of_code(&self.kind),
                from,
                until,
                hersys_id,
            }),
            _ => Err(problems),
        }
    }
}

impl Criteria {
    /// What the issuer's office may ask for. Entries about people out of its reach are found by
    /// what somebody did, never by the person (PERM-10, PERM-07).
    async fn filter(self, issuer: &Issuer) -> Result<Filter> {
        let staff = issuer.staff();
        let case_id = match &self.hersys_id {
            None => None,
            Some(hersys_id) => {
                let found = store::case_within_reach(issuer.db(), staff.organization_id, hersys_id.as_str()).await?;
                // No entry is about this one.
                Some(found.unwrap_or(Uuid::nil()))
            }
        };
        Ok(Filter {
            case_id,
            actions: self.kind.map(Kind::actions),
            below: (staff.kind != OrganizationKind::Ministry).then_some(staff.organization_id),
            sign_in_id: self.sign_in_id,
            organization: self.organization,
            from: Some(Timestamp::start_of(self.from)),
            until: self.until.next_day().map(Timestamp::start_of),
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    search: Option<Uuid>,
    /// The last entry of the page before.
    after: Option<Uuid>,
}

/// The form, and what a kept search finds.
pub async fn page(
    issuer: Issuer,
    client: Client,
    State(app): State<App>,
    Query(address): Query<Address>,
) -> Result<Response> {
    let Some(search_id) = address.search else {
        let form = SearchForm::usual(app.clock.today());
        return Ok(show(
            issuer.staff(),
            &form,
            &Problems::default(),
            html! {
                p { "条件を入れて【検索】を押すと、記録を新しいものから順に表示します。" }
            },
        ));
    };
    let kept = store::kept_search(issuer.db(), search_id, issuer.staff().account_id).await?.ok_or(Error::NotFound)?;
    let form: SearchForm = serde_json::from_value(kept).map_err(|_| Error::NotFound)?;
    let filter = form.check()?.filter(&issuer).await?;
    let (entries, more) =
        store::page(issuer.db(), issuer.staff().organization_id, &filter, address.after, table::SIZE).await?;
    let names = store::organization_names(issuer.db(), &entries).await?;
    Entry::by_staff(issuer.staff(), &client, app.clock.now(), "audit.view")
        .with(serde_json::json!({ "search_id": search_id, "rows": entries.len() }))
        .write(issuer.db())
        .await?;
    let details = Details::WithinReach { sees_people: policy::may_list(issuer.staff().kind) };
    let href = |place: &[(&str, String)]| {
        let place: String = place.iter().map(|(name, value)| format!("&{name}={value}")).collect();
        format!("{PATH}?search={search_id}{place}")
    };
    let results = html! {
        h2 { "検索の結果" }
        @if entries.is_empty() {
            (empty("条件に合う記録はありません。", html! { p { "期間を広げるか、条件を減らしてください。" } }))
        } @else {
            (table::list(TITLE, &entries, &names, details))
            (table::paging(&entries, address.after.is_some(), more, href))
        }
    };
    Ok(show(issuer.staff(), &form, &Problems::default(), results))
}

/// Takes a search in a form, so that it stands in no address, and leads to what it finds.
pub async fn search(
    issuer: Issuer,
    client: Client,
    State(app): State<App>,
    Form(form): Form<SearchForm>,
) -> Result<Response> {
    if let Err(problems) = form.check() {
        let main = main(issuer.staff(), &form, &problems, html! {});
        return Ok(Page::new(TITLE).staff(issuer.staff()).wide().response_with(StatusCode::UNPROCESSABLE_ENTITY, main));
    }
    let (now, search_id) = (app.clock.now(), Uuid::now_v7());
    let criteria = serde_json::to_value(&form).map_err(|error| Error::Internal(error.to_string()))?;
    let mut tx = issuer.db().begin().await?;
    store::keep_search(&mut tx, search_id, issuer.staff().account_id, criteria.clone(), now).await?;
    let mut detail = criteria;
    detail["search_id"] = search_id.to_string().into();
    detail["kind"] = Kind::of_code(&form.kind).map(Kind::label).into();
    Entry::by_staff(issuer.staff(), &client, now, "audit.search").with(detail).write(&mut tx).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{PATH}?search={search_id}")).into_response())
}

fn show(staff: &Staff, form: &SearchForm, problems: &Problems, below: Markup) -> Response {
    Page::new(TITLE).staff(staff).wide().response(main(staff, form, problems, below))
}

fn main(staff: &Staff, form: &SearchForm, problems: &Problems, below: Markup) -> Markup {
    let field = |name, label, value| Field::new(name, label, value, problems);
    let mut kinds = vec![(String::new(), "すべて".to_owned())];
    kinds.extend(Kind::ALL.map(|kind| (kind.code().to_owned(), kind.label().to_owned())));
    html! {
        h1 { (TITLE) }
        p {
            @if staff.kind == OrganizationKind::Ministry { "すべての組織" } @else { (staff.organization_name) "と、その所管する組織" }
            "のIDで行われた操作を探します。検索したことも記録されます。"
        }
        (error_summary(problems))
        search {
            form.case-search.audit-search method="post" action={ (PATH) "/search" } novalidate {
                div.case-search-fields {
                    (field("from", "期間のはじめ", &form.from).hint("例：2022/8/1、R4.8.1").required().input())
                    (field("until", "期間のおわり", &form.until).hint("この日を含みます").required().input())
                    (field("kind", "操作の種類", &form.kind).hint("選ばないと、すべての種類").select(&kinds))
                    (field("sign_in_id", "サインインID", &form.sign_in_id).hint("全体を入力してください").inputmode("email").input())
                    (field("organization", "組織名", &form.organization).hint("名前の一部でも探せます").input())
                    @if policy::may_list(staff.kind) {
                        (field("hersys_id", "スマホ入力ID（HER-SYS ID）", &form.hersys_id).hint("10桁。担当する方だけ").inputmode("numeric").input())
                    }
                }
                div.case-search-buttons {
                    button.button.primary { "検索" }
                    a.button href=(PATH) { "条件を消す" }
                }
            }
        }
        (below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn an_empty_form_offers_the_last_seven_days() {
        let criteria = SearchForm::usual(date!(2022 - 08 - 07)).check().unwrap();
        assert_eq!((criteria.from, criteria.until), (date!(2022 - 08 - 01), date!(2022 - 08 - 07)));
        assert_eq!((criteria.kind, criteria.sign_in_id, criteria.hersys_id), (None, None, None));
    }

    #[test]
    fn each_wrong_field_gets_its_sentence() {
        let form = SearchForm { from: "2022-08-02".into(), until: "2022-08-01".into(), ..SearchForm::default() };
        assert!(form.check().unwrap_err().of("until").is_some());
        let form = SearchForm { hersys_id: "12".into(), ..SearchForm::default() };
        let problems = form.check().unwrap_err();
        assert!(["from", "until", "hersys_id"].iter().all(|field| problems.of(field).is_some()));
    }
}
