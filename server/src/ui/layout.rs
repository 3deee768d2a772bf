//! The frame of every staff page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use crate::access::store::MOST_COUNTED;
use crate::access::{ItemGroup, Level, Staff, policy};
use crate::web::{public_asset, staff_asset};

/// Name of the staff system (GEN-05, AUTH-31).
pub const SYSTEM_NAME: &str = "新型コロナウイルス感染者等情報把握・管理支援システム";

/// A staff page: title, who is signed in, and what stands in `main`.
pub struct Page<'a> {
    title: &'a str,
    staff: Option<&'a Staff>,
    header: Option<Markup>,
    wide: bool,
    plain: bool,
    public: bool,
}

impl<'a> Page<'a> {
    /// `title` never holds personal data: it lands in the browser's history.
    pub fn new(title: &'a str) -> Self {
        Self { title, staff: None, header: None, wide: false, plain: false, public: false }
    }

    /// Shows menu, organisation and サインアウト.
    pub fn staff(mut self, staff: &'a Staff) -> Self {
        self.staff = Some(staff);
        self
    }

    /// A strip that never scrolls away: a person's header and tabs.
    pub fn header(mut self, header: Markup) -> Self {
        self.header = Some(header);
        self
    }

    /// Uses the whole width, for lists and boards.
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Leaves the name of the system out of the bar, for a page that shows it large.
    pub fn plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// For everybody: no address of the staff system stands on the page (AUTH-03, SEC-11).
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    pub fn render(self, main: Markup) -> Markup {
        let asset = if self.public { public_asset } else { staff_asset };
        html! {
            (DOCTYPE)
            html lang="ja" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex, nofollow";
                    meta name="format-detection" content="telephone=no";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " | HER-SYS" }
                    link rel="icon" type="image/svg+xml" href=(asset("icon.svg"));
                    @for name in ["staff.css", "cases.css", "chart.css", "admin.css", "info.css", "statutory.css", "inbox.css", "notification.css", "board.css", "period.css", "person.css"] {
                        link rel="stylesheet" href=(asset(name));
                    }
                    script src=(asset("staff.js")) defer {}
                    @if self.staff.is_some() { script src=(asset("input.js")) defer {} }
                }
                body class=[self.plain.then_some("plain")] {
                    a.skip href="#main" { "本文へ進む" }
                    @if !self.plain { (bar(self.staff)) }
                    @if let Some(header) = self.header {
                        div.person-header { (header) }
                    }
                    main #main tabindex="-1" class=[self.wide.then_some("wide")] { (main) }
                    (foot(self.staff, self.public))
                }
            }
        }
    }

    pub fn response(self, main: Markup) -> Response {
        self.render(main).into_response()
    }

    /// The page with another status, e.g. 422 for a form that is shown again beside its problems.
    pub fn response_with(self, status: StatusCode, main: Markup) -> Response {
        (status, self.render(main)).into_response()
    }
}

/// The bar on top: menu at the left, who is signed in at the right.
fn bar(staff: Option<&Staff>) -> Markup {
    html! {
        header.bar {
            div.bar-start {
                @if let Some(staff) = staff { (menu(staff)) (past(staff)) }
                @if staff.is_some() {
                    a.brand href="/staff/" aria-label="HER-SYS トップページ" { "HER-SYS" }
                } @else {
                    span.brand { "HER-SYS" }
                }
            }
            @if let Some(staff) = staff {
                div.bar-end {
                    p.who {
                        span.who-organization { (staff.organization_name) }
                        span.who-account { (staff.display_name) }
                    }
                    a.account-link href="/staff/security" { "セキュリティ情報" }
                    form method="post" action="/staff/sign-out" {
                        button.button.quiet type="submit" { "サインアウト" }
                    }
                }
            }
        }
    }
}

/// TOP-07: to the right of the menu button, for whoever lists people.
fn past(staff: &Staff) -> Markup {
    let (now, then) = if staff.shows_past { ("on", "off") } else { ("off", "on") };
    html! {
        @if policy::may_list(staff.kind) {
            form.past method="post" action="/staff/past" {
                button.button.quiet name="past" value=(then) {
                    "過去情報 " strong { (now) }
                    span.visually-hidden { "。押すと" (then) "にします" }
                }
            }
        }
    }
}

/// What may be read at any time: AUTH-19 for everybody, the duties and help for whoever is signed in.
fn foot(staff: Option<&Staff>, public: bool) -> Markup {
    html! {
        footer.foot {
            nav aria-label="規約とヘルプ" {
                ul {
                    @if staff.is_some() {
                        li { a href="/staff/info" { "マニュアル・ヘルプ" } }
                        li { a href="/staff/info/security" { "情報セキュリティの留意事項" } }
                        li { a href="/staff/info/contacts" { "問い合わせ先" } }
                    }
                    @if staff.is_none() && !public {
                        li { a href="/staff/sign-in/contacts" { "問い合わせ先（サインインできないとき）" } }
                    }
                    @if public {
                        li { a href="/" { "My HER-SYS" } }
                        li { a href="/info/my-hersys" { "My HER-SYSの概要" } }
                        li { a href="/info/how-to" { "My HER-SYSの操作" } }
                        li { a href="/info/faq" { "よくあるご質問" } }
                        li { a href="/info/legal" { "情報の収集と共有の法的根拠" } }
                        li { a href="/info/contacts" { "問い合わせ先" } }
                    }
                    li { a href="/info/terms" { "利用規約" } }
                    li { a href="/info/privacy" { "プライバシーとCookie" } }
                }
            }
        }
    }
}

/// TOP-05: three bars at the top left open the menu at the left. A `details` element needs no script.
fn menu(staff: &Staff) -> Markup {
    html! {
        details.menu data-menu {
            summary {
                svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" {
                    path d="M3 6h18M3 12h18M3 18h18" fill="none" stroke="currentColor" stroke-width="2" {}
                }
                span { "メニュー" }
            }
            nav aria-label="メニュー" {
                ul {
                    li { a href="/staff/" { "トップページ" } }
                    @if policy::receives(staff.kind) >= Level::Read {
                        li { a href="/staff/inbox" { "届出受付" (waiting(staff, "件が確認待ち")) } }
                    }
                    @if policy::may(staff.kind, ItemGroup::Observation) >= Level::Read {
                        li { a href="/staff/board" { "健康観察一覧" } }
                    }
                    @if policy::rules(staff.kind) >= Level::Read {
                        li { a href="/staff/rules" { "判定基準" } }
                    }
                    @if policy::may_list(staff.kind) {
                        li { a href="/staff/cases" { "登録情報一覧" } }
                    }
                    @if policy::may_register(staff.kind) {
                        li { a href="/staff/notifications/filed" {
                            "報告した発生届"
                            @if policy::receives(staff.kind) == Level::None { (waiting(staff, "件の照会あり")) }
                        } }
                    }
                    @if policy::may(staff.kind, ItemGroup::Sharing) >= Level::Read {
                        li { a href="/staff/transfers" { "引継ぎ" } }
                    }
                    @if policy::may_register(staff.kind) {
                        li { a href="/staff/notifications/new" { "新たに発生届を提出" } }
                        li { a href="/staff/cases/new" { "発生届の提出前に使用（新規登録）" } }
                    }
                    @if staff.may_issue() {
                        li { a href="/staff/admin/audit" { "操作の記録" } }
                    }
                    @if policy::may_register(staff.kind) {
                        // FORM-03
                        li { a href="/staff/notifications/blank" { "発生届の様式（空欄）" } }
                    }
                    li { a href="/staff/info" { "マニュアル・ヘルプ" } }
                    @if staff.may_issue() {
                        li { a href="/staff/admin/organizations" { "管理（機関とID）" } }
                    }
                    li { a href="/staff/security" { "セキュリティ情報" } }
                }
                p.menu-who {
                    (staff.organization_name) br;
                    (staff.display_name) br;
                    span.menu-id { (staff.sign_in_id) }
                }
            }
        }
    }
}

/// How much waits for the organisation, beside the menu item that leads there.
fn waiting(staff: &Staff, what: &str) -> Markup {
    html! {
        @if staff.waiting > 0 {
            " " span.menu-count {
                (staff.waiting) @if staff.waiting == MOST_COUNTED { "以上" }
                span.visually-hidden { (what) }
            }
        }
    }
}
