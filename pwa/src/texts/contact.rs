//! Notifications on the device, and what is asked of the health centre about messages.

use hersys_shared::api::Wish;

pub const PUSH_TITLE: &str = "通知";
pub const PUSH: &str = "この端末で通知を受け取る";
pub const PUSH_HINT: &str = "報告の時間に、この端末へお知らせします。お名前や病気の名前は出ません。";
pub const PUSH_NONE: &str = "このブラウザーでは通知を受け取れません。";
pub const PUSH_HOME: &str = "iPhone、iPadで受け取るには、先に共有ボタンから「ホーム画面に追加」をして、ホーム画面のMy HER-SYSを開いてください。";
pub const PUSH_BLOCKED: &str =
    "通知がブロックされています。ブラウザーや端末の設定で、このサイトの通知を許可してから、開き直してください。";
pub const PUSH_FAILED: &str = "設定できませんでした。電波の届くところで、もう一度お試しください。";

pub const CONTACT: &str = "お知らせと連絡の方法";
pub const WITHDRAW: &str = "取り下げる";
pub const TELL: &str = "保健所に伝える";

/// The button, and the words for the wish everywhere.
pub fn wish(wish: Wish) -> &'static str {
    match wish {
        Wish::Stop => "お知らせを止めたい",
        Wish::Call => "電話での確認にしたい",
        Wish::Resume => "お知らせを再開したい",
    }
}

/// Whether a wish would change anything.
pub fn is_possible(wish: Wish, in_effect: Option<Wish>) -> bool {
    match wish {
        Wish::Stop | Wish::Call => in_effect != Some(wish),
        Wish::Resume => in_effect.is_some(),
    }
}

/// What telling the centre leads to.
pub fn consequence(wish: Wish) -> &'static str {
    match wish {
        Wish::Stop => "報告をお願いするお知らせが止まります。報告は、止まったあともできます。",
        Wish::Call => {
            "お知らせのかわりに、保健所が電話で健康状態を確かめます。音声の電話でお知らせする窓口もあります。報告は、ここからもできます。"
        }
        Wish::Resume => "報告をお願いするお知らせを、また受け取ります。",
    }
}

/// How it stands, where that differs from the usual.
pub fn in_effect(wish: Wish) -> &'static str {
    match wish {
        Wish::Stop => "お知らせは止まっています。",
        Wish::Call => "お知らせのかわりに、電話で確かめることになっています。",
        Wish::Resume => "",
    }
}

pub fn asking(name: &str, center: &str, what: Wish) -> String {
    format!("{name} さんについて「{}」と、{center}に伝えます。保健所が確かめてから変わります。", wish(what))
}

pub fn asked(what: Wish) -> String {
    format!("「{}」と保健所に伝えました。確認をお待ちください。", wish(what))
}
