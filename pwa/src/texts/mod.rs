//! Every sentence of the pages in one place, so that another language is another set of these.
//! Buttons and labels are the ones people were trained on (requirements §19).

pub mod account;
pub mod contact;
pub mod help;
pub mod home;
pub mod report;

pub const BRAND: &str = "My HER-SYS";
pub const SKIP: &str = "本文へ進む";
pub const MENU: &str = "メニュー";
pub const HOME: &str = "ホーム";
pub const SETTINGS: &str = "設定";
pub const HELP: &str = "ヘルプ";
pub const BACK: &str = "戻る";
pub const BACK_HOME: &str = "ホームへ戻る";
pub const REQUIRED: &str = "必須";
pub const OPTIONAL: &str = "任意";
pub const CANCEL: &str = "やめる";

pub const LOADING: &str = "読み込んでいます…";
pub const LOADING_LONG: &str = "時間がかかっています。電波の届くところで、このままもう少しお待ちください。";
pub const SENDING: &str = "送信しています…";
pub const NOT_LOADED: &str = "読み込めませんでした";
pub const RETRY: &str = "もう一度読み込む";

pub const OFFLINE: &str = "オフラインです。電波の届くところで、もう一度お試しください。";
pub const UNREACHABLE: &str =
    "通信できませんでした。電波の届くところで、もう一度お試しください。入力した内容は残っています。";
pub const BUSY: &str = "ただいま混み合っています。しばらく待ってから、もう一度お試しください。";
pub const FAULT: &str = "うまく処理できませんでした。時間をおいて、もう一度お試しください。";
pub const SESSION_ENDED: &str = "サインアウトされています。もう一度サインインしてください。";
pub const SESSION_ENDED_KEPT: &str =
    "サインアウトされています。もう一度サインインしてください。入力した内容は、このページを閉じるまで残っています。";
pub const PROBLEMS: &str = "入力を確認してください";
pub const REFUSED: &str = "先へ進めませんでした";

pub const NOT_FOUND: &str = "ページが見つかりません";
pub const NOT_FOUND_TEXT: &str = "アドレスがまちがっているか、ページがなくなりました。ホームからお進みください。";

/// The wait that a server asks for, in the largest unit that is not misleading.
pub fn wait(seconds: u64) -> String {
    match seconds {
        0..60 => format!("あと{seconds}秒ほどお待ちください。"),
        60..5400 => format!("あと{}分ほどお待ちください。", seconds.div_ceil(60)),
        _ => format!("あと{}時間ほどお待ちください。", seconds.div_ceil(3600)),
    }
}

/// Title of the window. No names: other people see it.
pub fn window_title(page: &str) -> String {
    format!("{page} | {BRAND}")
}
