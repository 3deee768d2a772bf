//! What staff see when something cannot be shown: what happened, and what to do next.

use axum::http::StatusCode;
use hersys_shared::api::ErrorCode;
use maud::{Markup, html};

use crate::access::Staff;
use crate::error::Failure;
use crate::ui::Page;

/// The page for a refused or failed request in the staff system.
pub fn render(status: StatusCode, failure: &Failure, staff: Option<&Staff>) -> Markup {
    let way_out = if status == StatusCode::UNAUTHORIZED {
        ("サインインする", "/staff/sign-in")
    } else {
        ("トップページへ", "/staff/")
    };
    let page = Page::new(title(status, failure));
    show(staff.into_iter().fold(page, Page::staff), status, failure, way_out)
}

/// The same for everybody else: staff addresses are linked from nowhere in public (AUTH-03).
pub fn render_public(status: StatusCode, failure: &Failure) -> Markup {
    show(Page::new(title(status, failure)).public(), status, failure, ("My HER-SYSを開く", "/"))
}

fn show(page: Page<'_>, status: StatusCode, failure: &Failure, (label, href): (&str, &str)) -> Markup {
    let title = title(status, failure);
    page.render(html! {
        div.error-page {
            h1 { (title) }
            p.lead { (failure.message) }
            @if failure.problems.0.len() > 1 {
                ul { @for problem in &failure.problems.0 { li { (problem.message) } } }
            }
            h2 { "次にできること" }
            ul.next-steps { @for step in next_steps(status, failure) { li { (step) } } }
            p { a.button.primary href=(href) { (label) } }
            p.fine { "番号 " (status.as_u16()) "（お問い合わせの際にお伝えください）" }
        }
    })
}

fn title(status: StatusCode, failure: &Failure) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "サインインが必要です",
        StatusCode::FORBIDDEN if failure.code == ErrorCode::CrossSite => "操作を受け付けられませんでした",
        StatusCode::FORBIDDEN => "このIDでは表示できません",
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => "ページが見つかりません",
        StatusCode::CONFLICT => "ほかの操作と重なりました",
        StatusCode::GONE => "有効時間が過ぎました",
        StatusCode::PAYLOAD_TOO_LARGE => "送られた内容が大きすぎます",
        StatusCode::TOO_MANY_REQUESTS | StatusCode::LOCKED => "しばらくお待ちください",
        StatusCode::SERVICE_UNAVAILABLE => "ただいま混み合っています",
        status if status.is_server_error() => "処理できませんでした",
        _ => "入力内容を確かめてください",
    }
}

/// What the reader can do now; the most useful first.
fn next_steps(status: StatusCode, failure: &Failure) -> &'static [&'static str] {
    match status {
        StatusCode::UNAUTHORIZED => &[
            "操作がない時間が続くと、安全のため自動でサインアウトします。もう一度サインインしてください。",
            "送信の途中だった内容は保存されていません。サインインしてから入力し直してください。",
        ],
        StatusCode::FORBIDDEN if failure.code == ErrorCode::CrossSite => {
            &["この画面を閉じ、トップページから操作をやり直してください。"]
        }
        StatusCode::FORBIDDEN => &[
            "業務に必要なときは、IDを発行した担当者（利用者認証実施者）に権限を確かめてください。",
            "別のIDをお持ちのときは、サインアウトしてから、そのIDでサインインしてください。",
        ],
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => &[
            "アドレスを入力したときは、打ちまちがいがないか確かめてください。",
            "登録情報の担当が変わると、これまで開けたページも表示されなくなります。登録情報一覧から探してください。",
        ],
        StatusCode::TOO_MANY_REQUESTS | StatusCode::LOCKED => {
            &["上の時間がたってから、もう一度お試しください。続けて操作すると、待つ時間が延びることがあります。"]
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            &["少し待ってから、ページを読み込み直してください。", "急ぐ連絡は、電話など別の方法で行ってください。"]
        }
        status if status.is_server_error() => &[
            "時間をおいて、もう一度お試しください。保存の途中だったときは、一覧で登録されているか確かめてください。",
            "続くときは、日時と下の番号を添えて、システムの担当窓口にお知らせください。",
        ],
        _ => &["ブラウザーの「戻る」で前の画面に戻り、内容を直してから、もう一度送信してください。"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn every_refusal_says_what_to_do_next() {
        for error in [
            Error::NotFound,
            Error::Forbidden,
            Error::NotSignedIn,
            Error::CrossSite,
            Error::TooMany { retry_after: 30 },
            Error::Unavailable("x"),
            Error::Internal("cause".into()),
            Error::one("name", "氏名を入力してください。"),
        ] {
            let html = render(error.status(), &error.failure(), None).into_string();
            assert!(html.contains("次にできること") && html.contains("button primary"), "{error}");
            assert!(!html.contains("cause"), "the cause belongs in the log");
        }
    }

    #[test]
    fn auth_03_public_errors_do_not_lead_to_the_staff_system() {
        let error = Error::NotFound;
        let html = render_public(error.status(), &error.failure()).into_string();
        assert!(!html.contains(r#"="/staff"#));
    }
}
