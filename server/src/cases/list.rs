//! 登録情報一覧: everybody within reach, paged, sorted and searched (§13).

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::age::Age;
use hersys_shared::identity::Sex;
use hersys_shared::symptoms::CaseKind;
use hersys_shared::{Problems, days};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::{Client, ItemGroup, OrganizationKind, Scope, policy};
use crate::cases::new::spaced;
use crate::cases::search::{self, Criteria, Listed, Position, Rows, SearchForm, Shared, Sort};
use crate::cases::{search_form, store};
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
    fn sort(&self) -> Sort {
        Sort::from_code(&self.sort)
    }

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

    /// The first page of the same list with another order or size.
    fn href(&self, sort: Sort, size: usize, place: &[(&str, String)]) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        pairs.extend(self.search.map(|search| ("search", search.to_string())));
        pairs.extend(sort.code().map(|sort| ("sort", sort.to_owned())));
        if size != USUAL_SIZE {
            pairs.push(("size", size.to_string()));
        }
        pairs.extend(place.iter().cloned());
        let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if query.is_empty() { "/staff/cases".to_owned() } else { format!("/staff/cases?{}", query.join("&")) }
    }

    fn page_href(&self, place: &[(&str, String)]) -> String {
        self.href(self.sort(), self.size(), place)
    }
}

/// The list, all of it or what a search found.
pub async fn list(
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Query(address): Query<Address>,
) -> Result<Response> {
    let form = match address.search {
        Some(search_id) => search::kept(scope.db(), search_id, scope.staff().account_id).await?,
        None => SearchForm::default(),
    };
    let form = form.within(&scope);
    // Only searches that were right are kept.
    let criteria = form.check()?;
    let found = Found::read(&scope, &criteria, &address).await?;
    let seen = json!({
        "search_id": address.search,
        "sort": address.sort().code(),
        "page": address.page,
        "rows": found.rows.rows.len(),
        "found": found.total,
    });
    Entry::by_staff(scope.staff(), &client, app.clock.now(), "case.list").with(seen).write(scope.db()).await?;
    let main = html! {
        (head(&scope))
        (search_form::show(&scope, &form, &Problems::default()))
        (results(&scope, &address, &form, &found, app.clock.today()))
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
    let mut sought = serde_json::to_value(&form).unwrap_or_default();
    sought["search_id"] = search_id.to_string().into();
    Entry::by_staff(scope.staff(), &client, now, "case.search").with(sought).write(scope.db()).await?;
    Ok(Redirect::to(&format!("/staff/cases?search={search_id}")).into_response())
}

/// What a page of the list shows.
struct Found {
    total: i64,
    rows: Rows,
    centers: std::collections::HashMap<Uuid, String>,
}

impl Found {
    async fn read(scope: &Scope, criteria: &Criteria, address: &Address) -> Result<Self> {
        let total = search::count(scope, criteria).await?;
        let position = address.position();
        let size = match position {
            // The last page holds what the pages before it leave over.
            Position::Last => left_over(total, address.size()),
            _ => address.size(),
        };
        let rows = search::rows(scope, criteria, address.sort(), position, size).await?;
        let ids: Vec<Uuid> = rows.rows.iter().map(|row| row.responsible_center_id).collect();
        Ok(Self { total, rows, centers: store::organization_names(scope.db(), &ids).await? })
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

fn results(scope: &Scope, address: &Address, form: &SearchForm, found: &Found, today: Date) -> Markup {
    if found.rows.rows.is_empty() {
        return nobody(scope, form);
    }
    let full = scope.may_read(ItemGroup::Identity);
    let prints = scope.may_read(ItemGroup::Observation);
    let (newest, kana) = match address.sort() {
        Sort::Newest => (Some(Direction::Descending), None),
        Sort::Kana => (None, Some(Direction::Ascending)),
    };
    let mut columns = Vec::new();
    if prints {
        columns.push(Column::new("選択"));
    }
    columns.extend([
        Column::new("スマホ入力ID"),
        Column::new("患者名"),
        Column::new("フリガナ").sortable(address.href(Sort::Kana, address.size(), &[]), kana),
        Column::new("性別"),
        Column::new("年齢").number(),
        Column::new("年代"),
        Column::new("区分"),
    ]);
    let marks = has_marks(scope);
    if marks {
        columns.push(Column::new("共有"));
    }
    // C-19: what the kind of ID may not see is no column.
    if full {
        columns.push(Column::new("登録日").sortable(address.href(Sort::Newest, address.size(), &[]), newest));
        columns.push(Column::new("担当保健所"));
    }
    let rows = found.rows.rows.iter().map(|row| {
        html! {
            tr {
                @if prints {
                    td.pick {
                        label {
                            input type="checkbox" name="case" value=(row.case_id);
                            span.visually-hidden { (row.name) "を選択" }
                        }
                    }
                }
                (cells(row, today))
                @if marks { td { (mark(row)) } }
                // C-19: of people reached by a link alone an institution sees what follow-up sees.
                @if full && row.is_linked {
                    td { "—" }
                    td { "—" }
                } @else if full {
                    td { (days::iso(row.created_at.day()).replace('-', "/")) }
                    td { (found.centers.get(&row.responsible_center_id).map_or("—", String::as_str)) }
                }
            }
        }
    });
    let table = table::dense("登録情報一覧", &columns, rows);
    html! {
        (paging(address, found, "ページ（表の上）"))
        @if prints {
            form method="post" action="/staff/observations/print" {
                (table)
                (operations(html! { button.button { "健康観察を印刷" } }))
            }
        } @else {
            (table)
        }
        @if found.rows.before || found.rows.after { (paging(address, found, "ページ（表の下）")) }
        (sizes(address))
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

fn cells(row: &Listed, today: Date) -> Markup {
    let age = row.birth_on.and_then(|birth| Age::on(today, birth));
    let sex = row.sex.as_deref().and_then(Sex::from_code);
    html! {
        td.tabular { (spaced(&row.hersys_id)) }
        td { a href=(format!("/staff/cases/{}", row.case_id)) { (row.name) } }
        td { (row.kana) }
        td { (sex.map_or("", |sex| sex.label())) }
        td.number { (age.map(|age| format!("{}歳", age.years)).unwrap_or_default()) }
        td { (age.map(Age::band).unwrap_or_default()) }
        td { (CaseKind::from_code(&row.kind).map_or("", CaseKind::label)) }
    }
}

/// Why the list is empty, and what to do.
fn nobody(scope: &Scope, form: &SearchForm) -> Markup {
    if form.is_empty() {
        return table::empty(
            "登録された方はまだいません。",
            html! {
                @if policy::may_register(scope.staff().kind) {
                    p { a href="/staff/cases/new" { "新規登録" } "から登録できます。" }
                }
            },
        );
    }
    table::empty(
        "条件に合う方はいません。",
        html! {
            p { "条件を減らすか、フリガナのはじめの数文字だけで探してください。スマホ入力IDか電話番号で探すのが確実です。" }
            p { a href="/staff/cases" { "条件を消して全員を表示" } }
        },
    )
}

fn paging(address: &Address, found: &Found, name: &str) -> Markup {
    let size = i64::try_from(address.size()).unwrap_or(1);
    let pages = (found.total + size - 1) / size;
    // People entered meanwhile shift the pages; the ends are always told right.
    let page = match (found.rows.before, found.rows.after) {
        (false, _) => 1,
        (_, false) => pages,
        _ => address.page.unwrap_or(1).clamp(1, pages.max(1)),
    };
    let first = found.rows.rows.first().map(|row| row.case_id.to_string()).unwrap_or_default();
    let last = found.rows.rows.last().map(|row| row.case_id.to_string()).unwrap_or_default();
    let link = |there: bool, label: &str, place: &[(&str, String)]| {
        html! {
            @if there {
                a.button.small href=(address.page_href(place)) { (label) }
            }
        }
    };
    html! {
        nav.paging aria-label=(name) {
            p.paging-count { strong { (thousands(found.total)) } "件" }
            @if found.rows.before || found.rows.after {
                p.paging-page { (thousands(page)) " / " (thousands(pages)) "ページ" }
                (link(found.rows.before, "最初", &[]))
                (link(found.rows.before, "前へ", &[("before", first), ("page", (page - 1).to_string())]))
                (link(found.rows.after, "次へ", &[("after", last), ("page", (page + 1).to_string())]))
                (link(found.rows.after, "最後", &[("last", "true".to_owned())]))
            }
        }
    }
}

fn sizes(address: &Address) -> Markup {
    html! {
        nav.sizes aria-label="表示件数" {
            span { "表示件数" }
            @for size in SIZES {
                a href=(address.href(address.sort(), size, &[])) aria-current=[(size == address.size()).then_some("true")] {
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
