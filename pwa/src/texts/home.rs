//! The household page.

pub const TITLE: &str = "今日の報告";
pub const DUE: &str = "未";
pub const DONE: &str = "済";
pub const REPORT: &str = "報告する";
pub const REPORT_ALL: &str = "まとめて報告する";
pub const ALL_DONE: &str = "今日の報告はすべて済みました。";
pub const REPORT_AGAIN_NOTE: &str = "体調が変わったら、もう一度報告できます。その日の最後の報告が使われます。";
pub const ENDED: &str = "健康観察は終わりました。報告はもう必要ありません。おつかれさまでした。";
pub const NOT_YET: &str = "健康観察はまだ始まっていません。";
pub const EMPTY_TITLE: &str = "報告する方を登録してください";
pub const EMPTY: &str =
    "保健所から届いたHER-SYS IDと生年月日で、ご本人やご家族を登録すると、毎日の健康状態を報告できます。";
pub const CERTIFICATE: &str = "療養証明書を表示する";
pub const ADD_TITLE: &str = "ご家族の分も報告できます";
pub const IN_PROGRESS: &str = "入力の途中です";
pub const WAITING: &str = "送信を待っています";

pub fn until(day: &str) -> String {
    format!("健康観察は {day} まで")
}

pub fn not_yet_until(day: &str) -> String {
    format!("{day} から報告できます。")
}

pub fn due_of(due: usize) -> String {
    format!("報告がまだの方：{due}人")
}

pub fn person(name: &str) -> String {
    format!("{name} さん")
}
