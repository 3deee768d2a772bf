//! 登録情報一覧: everybody within reach, paged, sorted and searched (§13).

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use hersys_shared::age::Age;
use hersys_shared::current_status::CurrentStatus;
use hersys_shared::identity::Sex;
use hersys_shared::notification::DiagnosisType;
use hersys_shared::symptoms::CaseKind;
use hersys_shared::{Problems, days};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::staff::session_key;
use crate::access::{Client, ItemGroup, OrganizationKind, Scope, policy, store as access};
use crate::cases::find::{Listed, Position, Rows, Search, Sort, SortKey, Total, View};
use crate::cases::new::spaced;
use crate::cases::search::{self, Criteria, Origin, SearchForm, Shared};
use crate::cases::{saved_searches, search_form, store};
use crate::error::Result;
use crate::ui::table::{self, Column};
use crate::ui::{Direction, Page, error_summary, operations};

/// LST-08
const SIZES: [usize; 4] = [10, 25, 50, 100];
const USUAL_SIZE: usize = 25;

/// The address of a page of the list. It carries no personal data.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    search: Option<Uuid>,
    /// A [`Sort`]'s code; empty for the usual order.
    sort: String,
    size: Option<usize>,
    /// The last row of the page before.
    after: Option<Uuid>,
    /// The first row of the page behind.
    before: Option<Uuid>,
    /// The last page.
    last: Option<bool>,
    /// Which page this is, for the reader only.
    page: Option<i64>,
}

impl Address {
    fn size(&self) -> usize {
        self.size.filter(|size| SIZES.contains(size)).unwrap_or(USUAL_SIZE)
    }

    fn position(&self) -> Position {
        match (self.after, self.before, self.last) {
            (Some(case_id), ..) => Position::After(case_id),
            (_, Some(case_id), _) => Position::Before(case_id),
            (_, _, Some(true)) => Position::Last,
            _ => Position::First,
        }
    }

    /// What stands behind `/staff/cases` for the first page of the same list with another order or size, or
    /// for the page at `place`. The order that a search has by itself is not named.
    fn query(&self, found: &Found, sort: Sort, size: usize, place: &[(&str, String)]) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        pairs.extend(self.search.map(|search| ("search", search.to_string())));
        if sort != found.usual {
            pairs.push(("sort", sort.code()));
        }
        if size != USUAL_SIZE {
            pairs.push(("size", size.to_string()));
        }
        pairs.extend(place.iter().cloned());
        let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) }
    }

    fn href(&self, found: &Found, sort: Sort, size: usize, place: &[(&str, String)]) -> String {
        format!("/staff/cases{}", self.query(found, sort, size, place))
    }

    fn page_href(&self, found: &Found, place: &[(&str, String)]) -> String {
        self.href(found, found.sort, self.size(), place)
    }

    /// This page, for the way back to it.
    fn here(&self, found: &Found) -> String {
        let mut place: Vec<(&str, String)> = match self.position() {
            Position::First => vec![],
            Position::Last => vec![("last", "true".into())],
            Position::After(case_id) => vec![("after", case_id.to_string())],
            Position::Before(case_id) => vec![("before", case_id.to_string())],
        };
        place.extend(self.page.map(|page| ("page", page.to_string())));
        self.query(found, found.sort, self.size(), &place)
    }
}

/// The list, all of it or what a search found.
pub async fn list(
    scope: Scope,
    client: Client,
    State(app): State<App>,
    jar: CookieJar,
    Query(address): Query<Address>,
) -> Result<Response> {
    let form = match address.search {
        Some(search_id) => search::kept(scope.db(), search_id, scope.staff().account_id).await?,
        None => SearchForm::default(),
    };
    let form = form.within(&scope);
    // Only searches that were right are kept.
    let criteria = form.check()?;
    let found = Found::read(&scope, &app, &criteria, &address).await?;
    let seen = json!({
        "search_id": address.search,
        "sort": found.sort.code(),
        "page": address.page,
        "rows": found.rows.rows.len(),
        "found": found.total.count,
    });
    Entry::by_staff(scope.staff(), &client, app.clock.now(), "case.list").with(seen).write(scope.db()).await?;
    let here = address.here(&found);
    if here != scope.staff().list_address {
        access::keep_list_address(scope.db(), session_key(&jar)?, &here).await?;
    }
    let main = html! {
        (head(&scope))
        (saved_searches::bar(&scope, address.search).await?)
        (search_form::show(&scope, &form, &Problems::default()))
        (saved_searches::name_form(&form, address.search))
        (results(&scope, &app, &address, &form, &found))
    };
    Ok(Page::new("登録情報一覧").staff(scope.staff()).wide().response(main))
}

/// Takes a search in a form, so that it stands in no address, and leads to what it finds.
pub async fn search(
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Form(form): Form<SearchForm>,
) -> Result<Response> {
    let form = form.within(&scope);
    if form.is_empty() {
        return Ok(Redirect::to("/staff/cases").into_response());
    }
    if let Err(problems) = form.check() {
        let main = html! {
            (head(&scope))
            (error_summary(&problems))
            (search_form::show(&scope, &form, &problems))
        };
        let page = Page::new("登録情報一覧").staff(scope.staff()).wide();
        return Ok(page.response_with(StatusCode::UNPROCESSABLE_ENTITY, main));
    }
    let now = app.clock.now();
    let search_id = Uuid::now_v7();
    search::keep(&scope, search_id, &form, now).await?;
    let mut sought = serde_json::to_value(form.used_values()).unwrap_or_default();
    sought["search_id"] = search_id.to_string().into();
    Entry::by_staff(scope.staff(), &client, now, "case.search").with(sought).write(scope.db()).await?;
    Ok(Redirect::to(&format!("/staff/cases?search={search_id}")).into_response())
}

/// What a page of the list shows.
struct Found {
    total: Total,
    sort: Sort,
    /// The order that the search has where none is chosen.
    usual: Sort,
    rows: Rows,
    centers: std::collections::HashMap<Uuid, String>,
}

impl Found {
    async fn read(scope: &Scope, app: &App, criteria: &Criteria, address: &Address) -> Result<Self> {
        let hidden_until = (!scope.staff().shows_past).then_some(app.config.past_until);
        let search = Search::new(scope, criteria, View { today: app.clock.today(), hidden_until }).await?;
        let total = search.count().await?;
        let sort = Sort::of(&address.sort, criteria, scope);
        let position = address.position();
        let size = match position {
            // The last page holds what the pages before it leave over.
            Position::Last if !total.is_more => left_over(total.count, address.size()),
            _ => address.size(),
        };
        let rows = search.rows(sort, position, size, total).await?;
        let ids: Vec<Uuid> = rows.rows.iter().map(|row| row.responsible_center_id).collect();
        let centers = store::organization_names(scope.db(), &ids).await?;
        Ok(Self { total, sort, usual: Sort::usual(criteria, scope), rows, centers })
    }
}

/// Rows of the last page where `total` rows stand on pages of `size`.
fn left_over(total: i64, size: usize) -> usize {
    match usize::try_from(total).unwrap_or(0) % size {
        0 => size,
        rows => rows,
    }
}

fn head(scope: &Scope) -> Markup {
    html! {
        div.list-head {
            h1 { "登録情報一覧" }
            @if policy::may_register(scope.staff().kind) {
                a.button href="/staff/cases/new" { "新規登録" }
            }
        }
    }
}

/// What stands where the reader may not see anything.
const HIDDEN: &str = "—";

/// The columns that the kind of ID may see (LST-06, C-19).
struct Shown {
    pick: bool,
    identity: bool,
    notification: bool,
    residence: bool,
    contact: bool,
    marks: bool,
}

impl Shown {
    fn to(scope: &Scope) -> Self {
        Self {
            pick: scope.may_read(ItemGroup::Observation),
            identity: scope.may_read(ItemGroup::Identity),
            notification: scope.may_read(ItemGroup::Notification),
            residence: scope.may_read(ItemGroup::Residence),
            contact: scope.may_read(ItemGroup::Contact),
            marks: has_marks(scope),
        }
    }

    fn columns(&self, address: &Address, found: &Found) -> Vec<Column<'static>> {
        let sorted = |label, key| {
            let now = found.sort.key == key;
            let next = if now { found.sort.reversed() } else { Sort::by(key) };
            let direction = if found.sort.descending { Direction::Descending } else { Direction::Ascending };
            Column::new(label).sortable(address.href(found, next, address.size(), &[]), now.then_some(direction))
        };
        [
            (self.pick, Column::new("選択")),
            (true, Column::new("スマホ入力ID")),
            (self.notification, sorted("確定日", SortKey::Confirmed)),
            (self.notification, sorted("発病年月日", SortKey::Onset)),
            (true, Column::new("患者名")),
            (true, sorted("フリガナ", SortKey::Kana)),
            (true, Column::new("性別")),
            (true, Column::new("年齢").number()),
            (true, Column::new("年代")),
            (self.notification, Column::new("診断分類")),
            (self.notification, sorted("診断年月日", SortKey::Diagnosed)),
            (true, Column::new("区分")),
            (self.notification, Column::new("現在のステータス")),
            (self.residence, Column::new("居所")),
            (self.contact, Column::new("リンク")),
            (self.marks, Column::new("共有")),
            (self.identity, sorted("登録日", SortKey::Registered)),
            (self.identity, Column::new("担当保健所")),
        ]
        .into_iter()
        .filter_map(|(shown, column)| shown.then_some(column))
        .collect()
    }

    fn row(&self, row: &Listed, found: &Found, today: Date) -> Markup {
        let age = row.birth_on.and_then(|birth| Age::on(today, birth));
        let sex = row.sex.as_deref().and_then(Sex::from_code);
        // C-19: of people reached by a link alone an institution sees what follow-up sees.
        let own = |text: String| if row.is_linked { HIDDEN.to_owned() } else { text };
        let day = |date: Option<Date>| own(date.map(slashed).unwrap_or_default());
        html! {
            tr {
                @if self.pick {
                    td.pick {
                        label {
                            input type="checkbox" name="case" value=(row.case_id);
                            span.visually-hidden { (row.name) "を選択" }
                        }
                    }
                }
                td.tabular { (spaced(&row.hersys_id)) }
                @if self.notification {
                    td { (day(row.confirmed_on)) }
                    td { (day(row.onset_on)) }
                }
                td {
                    a href=(format!("/staff/cases/{}", row.case_id)) { (row.name) }
                    @if self.identity && !row.is_linked && row.origin == Origin::Migrated.code() {
                        " " span.mark title=(Origin::Migrated.label()) { "NESID" }
                    }
                }
                td { (row.kana) }
                td { (sex.map_or("", |sex| sex.label())) }
                td.number { (age.map(|age| format!("{}歳", age.years)).unwrap_or_default()) }
                td { (age.map(Age::band).unwrap_or_default()) }
                @if self.notification {
                    td { (own(DiagnosisType::from_code(&row.diagnosis_type).map_or("", DiagnosisType::label).to_owned())) }
                    td { (day(row.diagnosed_on)) }
                }
                td { (CaseKind::from_code(&row.kind).map_or("", CaseKind::label)) }
                @if self.notification { td { (own(status(row, today).to_owned())) } }
                @if self.residence { td { (own(residence(&row.residence).to_owned())) } }
                @if self.contact { td { (own(link(&row.route_certainty).to_owned())) } }
                @if self.marks { td { (mark(row)) } }
                @if self.identity {
                    td { (day(Some(row.created_at.day()))) }
                    td { (own(found.centers.get(&row.responsible_center_id).cloned().unwrap_or_default())) }
                }
            }
        }
    }
}

fn slashed(date: Date) -> String {
    days::iso(date).replace('-', "/")
}

/// 現在のステータス (C-06)
fn status(row: &Listed, today: Date) -> &'static str {
    CurrentStatus::from_code(&row.status).map_or("", |status| status.on(Some(row.ends_on), today).label())
}

fn residence(code: &str) -> &'static str {
    match code {
        "hospital" => search::Residence::Hospital.label(),
        _ => search::Residence::Unknown.label(),
    }
}

/// リンク: how sure the way of infection is.
fn link(certainty: &str) -> &'static str {
    match certainty {
        "confirmed" => "確定",
        "estimated" => "推定",
        "unknown" => "不明",
        _ => "",
    }
}

fn results(scope: &Scope, app: &App, address: &Address, form: &SearchForm, found: &Found) -> Markup {
    if found.rows.rows.is_empty() {
        return nobody(scope, form, app.config.past_until);
    }
    let shown = Shown::to(scope);
    let columns = shown.columns(address, found);
    let today = app.clock.today();
    let rows = found.rows.rows.iter().map(|row| shown.row(row, found, today));
    let table = table::dense("登録情報一覧", &columns, rows);
    html! {
        (paging(address, found, "ページ（表の上）"))
        @if shown.pick {
            form method="post" action="/staff/observations/print" {
                (table)
                (operations(html! { button.button { "健康観察を印刷" } }))
            }
        } @else {
            (table)
        }
        @if found.rows.before || found.rows.after { (paging(address, found, "ページ（表の下）")) }
        (sizes(address, found))
    }
}

/// Whether people may stand in the list for other reasons than that they are the reader's own.
fn has_marks(scope: &Scope) -> bool {
    matches!(scope.staff().kind, OrganizationKind::HealthCenter | OrganizationKind::MedicalInstitution)
}

/// Why somebody who is another's stands in the list: a word, not a colour alone.
fn mark(row: &Listed) -> Markup {
    html! {
        @if row.is_offered { span.mark.waits { (Shared::Offered.label()) } }
        @if row.is_shared { span.mark { (Shared::Related.label()) } }
        @if row.is_linked { span.mark { "紐づけ" } }
    }
}

/// Why the list is empty, and what to do.
fn nobody(scope: &Scope, form: &SearchForm, past_until: Date) -> Markup {
    let past = html! {
        @if !scope.staff().shows_past {
            p { "過去情報（" (slashed(past_until)) "以前）は含まれていません。含めるには、メニューの右の「過去情報 off」を押してonにしてください。" }
        }
    };
    if form.is_empty() {
        return table::empty(
            if scope.staff().shows_past {
                "登録された方はまだいません。"
            } else {
                "表示する方はいません。"
            },
            html! {
                (past)
                @if policy::may_register(scope.staff().kind) {
                    p { a href="/staff/cases/new" { "新規登録" } "から登録できます。" }
                }
            },
        );
    }
    table::empty(
        "条件に合う方はいません。",
        html! {
            (past)
            p { "条件を減らすか、フリガナのはじめの数文字だけで探してください。スマホ入力IDか電話番号で探すのが確実です。" }
            p { a href="/staff/cases" { "条件を消して全員を表示" } }
        },
    )
}

fn paging(address: &Address, found: &Found, name: &str) -> Markup {
    let size = i64::try_from(address.size()).unwrap_or(1);
    let pages = (found.total.count + size - 1) / size;
    // People entered meanwhile shift the pages; the ends are always told right.
    let page = match (found.rows.before, found.rows.after) {
        (false, _) => Some(1),
        (_, false) => (!found.total.is_more).then_some(pages),
        _ if found.total.is_more => address.page.filter(|page| *page > 0),
        _ => Some(address.page.unwrap_or(1).clamp(1, pages.max(1))),
    };
    let first = found.rows.rows.first().map(|row| row.case_id.to_string()).unwrap_or_default();
    let last = found.rows.rows.last().map(|row| row.case_id.to_string()).unwrap_or_default();
    // Where the page's number is not known, counted from the end, its neighbours' are not either.
    let to = |name: &'static str, case_id: String, step: i64| {
        let mut place = vec![(name, case_id)];
        place.extend(page.map(|page| ("page", page.saturating_add(step).to_string())));
        place
    };
    let link = |there: bool, label: &str, place: &[(&str, String)]| {
        html! {
            @if there {
                a.button.small href=(address.page_href(found, place)) { (label) }
            }
        }
    };
    html! {
        nav.paging aria-label=(name) {
            p.paging-count {
                strong { (thousands(found.total.count)) } "件" @if found.total.is_more { "以上" }
            }
            p.paging-order { (found.sort.key.label()) "の" (order(found.sort)) }
            @if found.rows.before || found.rows.after {
                @if let Some(page) = page {
                    p.paging-page {
                        (thousands(page)) @if !found.total.is_more { " / " (thousands(pages)) } "ページ"
                        @if found.total.is_more { "目" }
                    }
                }
                (link(found.rows.before, "最初", &[]))
                (link(found.rows.before, "前へ", &to("before", first, -1)))
                (link(found.rows.after, "次へ", &to("after", last, 1)))
                (link(found.rows.after, "最後", &[("last", "true".to_owned())]))
            }
        }
    }
}

fn order(sort: Sort) -> &'static str {
    match (sort.key, sort.descending) {
        (SortKey::Kana, false) => "五十音順",
        (SortKey::Kana, true) => "五十音の逆順",
        (_, true) => "新しい順",
        (_, false) => "古い順",
    }
}

fn sizes(address: &Address, found: &Found) -> Markup {
    html! {
        nav.sizes aria-label="表示件数" {
            span { "表示件数" }
            @for size in SIZES {
                a href=(address.href(found, found.sort, size, &[])) aria-current=[(size == address.size()).then_some("true")] {
                    (size) "件表示"
                }
            }
        }
    }
}

/// `50,000`
fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_easy_to_read() {
        assert_eq!(
            ["0", "999", "1,000", "50,000", "1,234,567"],
            [0, 999, 1000, 50_000, 1_234_567].map(thousands).each_ref().map(String::as_str)
        );
    }

    #[test]
    fn lst_08_the_last_page_holds_the_rest() {
        assert_eq!((left_over(36, 10), left_over(30, 10), left_over(0, 10)), (6, 10, 10));
    }

    #[test]
    fn lst_08_an_unknown_page_size_is_the_usual_one() {
        assert_eq!(Address { size: Some(7), ..Address::default() }.size(), USUAL_SIZE);
        assert_eq!(Address { size: Some(100), ..Address::default() }.size(), 100);
    }
}
