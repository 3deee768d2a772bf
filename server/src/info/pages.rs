//! The pages: a text each, and beside it what the system knows itself.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hersys_shared::{PhoneNumber, prefectures};
use maud::{Markup, html};

use crate::App;
use crate::access::Staff;
use crate::access::staff::of_headers;
use crate::error::Result;
use crate::info::markdown::Rendered;
use crate::info::store::{self, Center};
use crate::info::{Document, rendered};
use crate::ui::Page;

/// Sections from which on a text gets a table of contents.
const CONTENTS_FROM: usize = 4;

/// The pages of a signed-in ID, in the order of the menu.
pub const STAFF_PAGES: [(&str, &str, &str); 5] = [
    ("/staff/info/manual", "操作マニュアル", "サインインから発生届、健康観察、印刷まで、操作の順に説明します。"),
    ("/staff/info/faq", "よくあるご質問（医療機関向け）", "発生届、ID、通知、健康観察についての25の質問と答えです。"),
    ("/staff/info/glossary", "用語解説", "画面や案内に出てくる言葉の意味です。"),
    ("/staff/info/security", "情報セキュリティの留意事項", "利用する人が必ず守る8つのことです。"),
    ("/staff/info/contacts", "問い合わせ先", "ヘルプデスクと保健所の連絡先です。"),
];

/// 利用規約 (AUTH-19)
pub async fn terms(State(app): State<App>, headers: HeaderMap) -> Response {
    for_everybody(&app, &headers, Document::Terms).await
}

/// プライバシーとCookie (AUTH-19)
pub async fn privacy(State(app): State<App>, headers: HeaderMap) -> Response {
    for_everybody(&app, &headers, Document::Privacy).await
}

/// Why data are collected and shared without consent (SHR-03, MY-24, SEC-09).
pub async fn legal(State(app): State<App>) -> Response {
    public(&app, Document::Legal, html! {})
}

/// Questions of patients and families (SUP-05).
pub async fn faq(State(app): State<App>) -> Response {
    public(&app, Document::Faq, html! {})
}

/// My HER-SYSの概要 (MY-23)
pub async fn my_hersys(State(app): State<App>) -> Response {
    public(&app, Document::MyHersys, html! {})
}

/// My HER-SYSの操作 (MY-23)
pub async fn how_to(State(app): State<App>) -> Response {
    public(&app, Document::HowTo, html! {})
}

/// 自動架電の概要 (MY-22, MY-23), and whether it calls here.
pub async fn auto_call(State(app): State<App>) -> Response {
    let offer = match &app.config.auto_call_phone {
        Some(number) => offered("自動架電は、次の番号からかかります。", number),
        None => not_offered("自動架電"),
    };
    public_with(&app, Document::AutoCall, offer, html! {})
}

/// 健康コールの概要 (MY-22, MY-23, HCL-01), and under which number here.
pub async fn health_call(State(app): State<App>) -> Response {
    let offer = match &app.config.health_call_phone {
        Some(number) => offered("健康コールの番号です。", number),
        None => not_offered("健康コール"),
    };
    public_with(&app, Document::HealthCall, offer, html! {})
}

fn offered(words: &str, number: &PhoneNumber) -> Markup {
    html! {
        div.offer {
            p { (words) }
            p.offer-number { (phone(number.as_str())) }
        }
    }
}

fn not_offered(name: &str) -> Markup {
    html! {
        div.offer {
            p { strong { "この窓口では、" (name) "を行っていません。" } }
            p { "電話での報告をご希望の方は、担当の保健所にお伝えください。保健所から電話で確かめます。" a href="/info/contacts" { "保健所の連絡先" } }
        }
    }
}

/// Whom patients and families ask (SUP-02, SUP-03).
pub async fn contacts(State(app): State<App>) -> Result<Response> {
    let centers = store::centers(&app.db, app.clock.today()).await?;
    Ok(public(&app, Document::Contacts, centers_section(&centers)))
}

/// What there is to read.
pub async fn index(staff: Staff) -> Response {
    Page::new("マニュアル・ヘルプ").staff(&staff).response(html! {
        h1 { "マニュアル・ヘルプ" }
        ul.info-index {
            @for (href, label, about) in STAFF_PAGES {
                li { a href=(href) { (label) } p { (about) } }
            }
        }
    })
}

/// The eight duties (SEC-07, SEC-08).
pub async fn security(State(app): State<App>, staff: Staff) -> Response {
    signed_in(&app, &staff, Document::Security, html! {})
}

/// The manual: for signed-in users only (TOP-11).
pub async fn manual(State(app): State<App>, staff: Staff) -> Response {
    signed_in(&app, &staff, Document::Manual, html! {})
}

/// Questions of institutions (SUP-05).
pub async fn staff_faq(State(app): State<App>, staff: Staff) -> Response {
    signed_in(&app, &staff, Document::StaffFaq, html! {})
}

/// 用語解説 (SUP-07)
pub async fn glossary(State(app): State<App>, staff: Staff) -> Response {
    signed_in(&app, &staff, Document::Glossary, html! {})
}

/// Whom users of the system ask (SUP-01, SUP-03).
pub async fn staff_contacts(State(app): State<App>, staff: Staff) -> Result<Response> {
    let centers = store::centers(&app.db, app.clock.today()).await?;
    Ok(signed_in(&app, &staff, Document::StaffContacts, centers_section(&centers)))
}

/// The same for whoever cannot sign in.
pub async fn sign_in_contacts(State(app): State<App>) -> Result<Response> {
    let centers = store::centers(&app.db, app.clock.today()).await?;
    let text = rendered(&app, Document::StaffContacts);
    Ok(Page::new(&text.title).response(html! {
        p.back { a href="/staff/sign-in" { "サインインの画面に戻る" } }
        (article(&text, html! {}, centers_section(&centers)))
    }))
}

/// A text that patients and staff read alike: staff keep their menu.
async fn for_everybody(app: &App, headers: &HeaderMap, document: Document) -> Response {
    let Some(staff) = of_headers(app, headers).await else {
        return public(app, document, html! {});
    };
    let text = rendered(app, document);
    let main = html! {
        p.back { a href="/staff/" { "トップページ" } }
        (article(&text, html! {}, html! {}))
        p.info-operator { "運営：" (app.config.operator_name) }
    };
    Page::new(&text.title).staff(&staff).response(main)
}

fn public(app: &App, document: Document, below: Markup) -> Response {
    public_with(app, document, html! {}, below)
}

/// A public text with what the system knows above it and below it.
fn public_with(app: &App, document: Document, above: Markup, below: Markup) -> Response {
    let text = rendered(app, document);
    let main = html! {
        (article(&text, above, below))
        p.info-operator { "運営：" (app.config.operator_name) }
    };
    Page::new(&text.title).public().response(main)
}

fn signed_in(app: &App, staff: &Staff, document: Document, below: Markup) -> Response {
    let text = rendered(app, document);
    let main = html! {
        p.back { a href="/staff/info" { "マニュアル・ヘルプ" } }
        (article(&text, html! {}, below))
    };
    Page::new(&text.title).staff(staff).response(main)
}

fn article(text: &Rendered, above: Markup, below: Markup) -> Markup {
    html! {
        article.text {
            h1 { (text.title) }
            (above)
            @if text.contents.len() >= CONTENTS_FROM {
                nav.text-contents aria-label="目次" {
                    ul { @for (id, words) in &text.contents { li { a href={ "#" (id) } { (words) } } } }
                }
            }
            (text.body)
            (below)
        }
    }
}

/// The health centres by prefecture, each list closed until it is wanted.
fn centers_section(centers: &[Center]) -> Markup {
    let by_prefecture: Vec<&[Center]> = centers.chunk_by(|a, b| a.prefecture_code == b.prefecture_code).collect();
    html! {
        section aria-labelledby="centers" {
            h2 #centers { "保健所の一覧" }
            @if centers.is_empty() { p { "保健所はまだ登録されていません。" } }
            @for centers in &by_prefecture {
                details.centers open[by_prefecture.len() == 1] {
                    summary { (prefecture(&centers[0])) span.quiet-text { "（" (centers.len()) "か所）" } }
                    ul {
                        @for center in *centers {
                            li { span { (center.name) } " " (phone(&center.phone)) }
                        }
                    }
                }
            }
        }
    }
}

fn prefecture(center: &Center) -> &'static str {
    prefectures::name(&center.prefecture_code).unwrap_or("そのほか")
}

fn phone(number: &str) -> Markup {
    html! {
        @match PhoneNumber::parse(number) {
            Ok(number) => a.tabular href={ "tel:" (number.as_str()) } { (number) },
            Err(_) => span.quiet-text { "電話番号は登録されていません" },
        }
    }
}
