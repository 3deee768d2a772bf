//! The daily report, its check and its receipt.

pub const TITLE: &str = "健康状態の報告";
pub const SUBJECT: &str = "対象者";
pub const TEMPERATURE: &str = "体温";
pub const TEMPERATURE_HINT: &str = "365 と打つと 36.5 になります。";
pub const LOWER: &str = "0.1℃下げる";
pub const RAISE: &str = "0.1℃上げる";
pub const DEGREES: &str = "℃";
pub const SPO2: &str = "酸素飽和度（SpO2）";
pub const SPO2_HINT: &str = "パルスオキシメーターをお持ちの方";
pub const NONE: &str = "なし";
pub const PERCENT: &str = "％";
pub const SYMPTOMS: &str = "症状";
pub const SYMPTOMS_HINT: &str = "今の様子を、1つずつ選んでください。";
pub const ALL_NO: &str = "すべて無";
pub const EMERGENCY_HINT: &str = "あてはまるときは、ここを開いて選んでください。";
pub const EMERGENCY_LIST: &str = "あてはまるものを選んでください";
pub const EMERGENCY: &str = "緊急の症状";
pub const NOTE: &str = "保健所に伝えたいこと";
pub const NOTE_HINT: &str = "症状の変化や、困っていることなど。1000文字まで。";
pub const TO_CHECK: &str = "確認へ進む";
pub const SEND: &str = "送信する";
pub const CORRECT: &str = "修正する";
pub const RARE_TITLE: &str = "もう一度、確かめてください";
pub const RARE_YES: &str = "はい、この値で確認へ進む";
pub const RARE_NO: &str = "入力し直す";
pub const OF_YESTERDAY: &str = "昨日までの入力です。今日の値か確かめてください。";
pub const CHANGED_SINCE: &str = "前の内容を受け取りました。直した内容はまだ送っていません。";
pub const SWITCH_TITLE: &str = "対象者を切り替えますか";
pub const SWITCH_YES: &str = "切り替える";

pub const CHECK_TITLE: &str = "送信する内容の確認";
pub const CHECK_LEAD: &str = "まだ送信していません。内容を確かめて、送信してください。";
pub const RESEND: &str = "もう一度送信する";
pub const UNSENT: &str = "送信できませんでした。電波の届くところで、もう一度送信してください。入力した内容は、このページを閉じるまで残っています。同じ報告が二重に届くことはありません。";
pub const NEXT_MEANWHILE: &str = "先に次の人の報告を入力する";

pub const RECEIPT_TITLE: &str = "報告を受け取りました";
pub const RECEIPT_PARTLY: &str = "受け取れなかった報告があります";
pub const REFUSED_TITLE: &str = "受け取れませんでした";
pub const FIX: &str = "入力を見直す";
pub const WHAT_NEXT: &str = "このあとのこと";
pub const WHOM_TO_CALL: &str = "困ったときの連絡先";
pub const NEXT_PERSON: &str = "次の人の報告へ";
pub const ALL_DONE: &str = "全員の報告が済みました。";
pub const NOT_SHOWN: &str = "報告した内容は、この画面では見られません。";

pub fn next_on(day: &str) -> String {
    format!("次の報告は、{day}の朝です。体調が変わったら、いつでも報告してください。")
}

pub fn last_of(name: &str) -> String {
    format!("{name} さんの報告は、予定では今日が最後です。")
}

pub fn unanswered(label: &str) -> String {
    format!("「{label}」の有無を選んでください。")
}

pub fn unanswered_many(count: usize) -> String {
    format!("症状の有無を選んでください（あと{count}つ）。どれもないときは「{ALL_NO}」で選べます。")
}

pub fn switch_text(from: &str, to: &str) -> String {
    format!(
        "{from} さんの報告を入力している途中です。{to} さんの報告に切り替えても、入力した内容は {from} さんの分として残ります。"
    )
}

pub fn received_at(time: &str) -> String {
    format!("{time} に受け取りました")
}

pub fn place_in_round(now: usize, total: usize) -> String {
    format!("{total}人中 {now}人目")
}

pub fn waiting_for(count: usize) -> String {
    format!("送信待ち {count}件。次の送信のときに、いっしょに送ります。")
}

pub fn note_left(count: usize) -> String {
    format!("{count}／1000文字")
}
