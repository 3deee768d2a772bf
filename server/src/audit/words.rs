//! What the audit's words mean to people.

use std::collections::HashMap;

use maud::{Markup, html};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::access::audit::REFUSED;

/// What sort of thing an entry tells of; the choices of filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    SignIn,
    View,
    Search,
    Print,
    Change,
    Message,
    Administration,
    Refusal,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::SignIn,
        Self::View,
        Self::Search,
        Self::Print,
        Self::Change,
        Self::Message,
        Self::Administration,
        Self::Refusal,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::View => "view",
            Self::Search => "search",
            Self::Print => "print",
            Self::Change => "change",
            Self::Message => "message",
            Self::Administration => "administration",
            Self::Refusal => "refusal",
        }
    }

    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::SignIn => "サインイン",
            Self::View => "閲覧",
            Self::Search => "検索",
            Self::Print => "印刷・出力",
            Self::Change => "登録・変更",
            Self::Message => "通知の送信",
            Self::Administration => "組織・IDの管理",
            Self::Refusal => "拒否",
        }
    }

    /// The actions of this sort.
    pub fn actions(self) -> Vec<&'static str> {
        WORDS.iter().filter(|(_, kind, _)| *kind == self).map(|(action, ..)| *action).collect()
    }
}

/// Every action that the program writes.
const WORDS: &[(&str, Kind, &str)] = &[
    ("staff.sign_in", Kind::SignIn, "サインインした"),
    ("staff.sign_out", Kind::SignIn, "サインアウトした"),
    ("staff.password_wrong", Kind::Refusal, "サインインIDかパスワードが違った"),
    ("staff.code_wrong", Kind::Refusal, "サインインのコードが違った"),
    ("staff.organization_inactive", Kind::Refusal, "利用期間の外のサインインを断った"),
    (REFUSED, Kind::Refusal, "見る権限がなく断られた"),
    ("staff.password_change", Kind::SignIn, "パスワードを変えた"),
    ("staff.second_factor", Kind::SignIn, "二段階認証を通った"),
    ("staff.session_end", Kind::SignIn, "サインイン中の端末を1つサインアウトした"),
    ("staff.sign_out_everywhere", Kind::SignIn, "すべての端末からサインアウトした"),
    ("factor.add", Kind::SignIn, "二段階認証の方法を追加した"),
    ("factor.change", Kind::SignIn, "二段階認証の方法を変えた"),
    ("factor.rename", Kind::SignIn, "二段階認証の方法の名前を変えた"),
    ("factor.remove", Kind::SignIn, "二段階認証の方法を削除した"),
    ("case.view", Kind::View, "登録情報を見た"),
    ("case.conflict", Kind::View, "ほかの人の保存と重なり、両方の内容を見た"),
    ("case.lookalikes", Kind::View, "同じ方かもしれない登録として見た"),
    ("observation.view", Kind::View, "健康観察を見た"),
    ("observation.household", Kind::View, "世帯の健康観察を並べて見た"),
    ("observation.report", Kind::Change, "健康観察の報告を代わりに入力した"),
    ("observation.correct", Kind::Change, "健康観察の報告を訂正した"),
    ("observation.correct_undo", Kind::Change, "健康観察の報告の訂正を取り消した"),
    ("observation.remark", Kind::Change, "医師所見・自由記述欄に書いた"),
    ("observation.remark_change", Kind::Change, "医師所見・自由記述欄を直した"),
    ("observation.remark_withdraw", Kind::Change, "医師所見・自由記述欄を取り消した"),
    ("notification.report", Kind::Change, "発生届を報告した"),
    ("notification.revise", Kind::Change, "発生届を変更した"),
    ("notification.delete", Kind::Change, "発生届を削除した"),
    ("notification.draft", Kind::View, "書きかけの発生届を見た"),
    ("notification.drafts", Kind::View, "書きかけの発生届の一覧を見た"),
    ("notification.discard", Kind::Change, "書きかけの発生届を破棄した"),
    ("notification.view", Kind::View, "発生届を見た"),
    ("notification.conflict", Kind::View, "ほかの人の保存と重なり、両方の発生届を見た"),
    ("notification.history", Kind::View, "発生届の変更履歴を見た"),
    ("audit.view", Kind::View, "操作の記録を見た"),
    ("case.list", Kind::View, "登録情報一覧を見た"),
    ("case.search", Kind::Search, "登録情報を検索した"),
    ("search.save", Kind::Change, "検索に名前を付けて保存した"),
    ("search.delete", Kind::Change, "保存した検索を削除した"),
    ("list.past", Kind::View, "過去情報のon/offを切り替えた"),
    ("audit.search", Kind::Search, "操作の記録を検索した"),
    ("observation.print", Kind::Print, "健康観察の印刷画面を開いた"),
    ("notification.print", Kind::Print, "発生届の印刷画面を開いた"),
    ("case.hand_out", Kind::Print, "スマホ入力IDの案内を印刷した"),
    ("case.create", Kind::Change, "新規登録した"),
    ("case.change", Kind::Change, "内容を変更した"),
    ("event.confirm", Kind::Change, "保健所へのお知らせを確認済みにした"),
    ("case.invite", Kind::Message, "URLとIDのSMSを送った"),
    ("sharing.begin", Kind::Change, "関係保健所に加えた"),
    ("sharing.end", Kind::Change, "関係保健所から外した"),
    ("link.begin", Kind::Change, "健康フォローアップ機関に紐づけた"),
    ("link.end", Kind::Change, "健康フォローアップ機関の紐づけを外した"),
    ("link.preview", Kind::View, "まとめて紐づける方の一覧を見た"),
    ("link.load", Kind::View, "健康フォローアップ機関の状況を見た"),
    ("link.return", Kind::Change, "健康観察を行う方を返却した"),
    ("link.return_noted", Kind::Change, "返却を確認済みにした"),
    ("transfer.list", Kind::View, "引継ぎの一覧を見た"),
    ("transfer.offer", Kind::Change, "担当保健所の引継ぎを申し出た"),
    ("transfer.accept", Kind::Change, "担当保健所の引継ぎを受け入れた"),
    ("transfer.return", Kind::Change, "担当保健所の引継ぎを差し戻した"),
    ("notification.import", Kind::Change, "発生届をCSVで報告した"),
    ("inbox.list", Kind::View, "届出受付の一覧を見た"),
    ("inbox.view", Kind::View, "届出受付で発生届を見た"),
    ("inbox.filed", Kind::View, "報告した発生届の一覧を見た"),
    ("inbox.confirm", Kind::Change, "発生届を確認済にした"),
    ("board.view", Kind::View, "健康観察一覧を見た"),
    ("board.seen", Kind::Change, "健康観察の報告を確認済みにした"),
    ("board.assign", Kind::Change, "健康観察の担当を決めた"),
    ("board.flag", Kind::Change, "健康観察の注意を変えた"),
    ("rules.write", Kind::Administration, "健康観察の判定基準を書いた"),
    ("rules.trial", Kind::View, "健康観察の判定基準を試した"),
    ("period.view", Kind::View, "健康観察期間を見た"),
    ("period.facts", Kind::Change, "健康観察期間の計算のもとを変えた"),
    ("period.computed", Kind::Change, "計算により健康観察期間が変わった"),
    ("period.change", Kind::Change, "健康観察期間を変えた"),
    ("period.extend", Kind::Change, "健康観察期間を延ばした"),
    ("period.end", Kind::Change, "健康観察を終えた（療養解除）"),
    ("period.reopen", Kind::Change, "健康観察を再開した"),
    ("period.accept", Kind::Change, "健康観察期間を計算のとおりにした"),
    ("period.decline", Kind::Change, "健康観察期間の提案を採らなかった"),
    ("period.settle", Kind::Change, "健康観察を予定どおり終えることにした"),
    ("contact.view", Kind::View, "連絡の記録を見た"),
    ("contact.add", Kind::Change, "連絡を記録した"),
    ("reminders.view", Kind::View, "入力のお願いの送り方と記録を見た"),
    ("reminders.set", Kind::Change, "入力のお願いの送り方を変えた"),
    ("reminders.stop", Kind::Change, "入力のお願いを止めた"),
    ("reminders.restart", Kind::Change, "入力のお願いを再開した"),
    ("reminders.wish", Kind::Change, "ご本人の希望に対応した"),
    ("reminders.own_stop", Kind::Change, "ご本人が入力のお願いを止めた"),
    ("reminders.own_restart", Kind::Change, "ご本人が入力のお願いを再開した"),
    ("inbox.assign", Kind::Change, "発生届の担当を決めた"),
    ("inbox.report", Kind::Change, "発生届を県へ報告済にした"),
    ("inbox.ask", Kind::Change, "発生届について医療機関に照会した"),
    ("inbox.answer", Kind::Change, "発生届の照会に回答した"),
    ("transfer.withdraw", Kind::Change, "担当保健所の引継ぎを取り下げた"),
    ("account.create", Kind::Administration, "最初のIDを作った（コマンド）"),
    ("account.issue", Kind::Administration, "IDを発行した"),
    ("account.reset_password", Kind::Administration, "パスワードを再発行した"),
    ("account.suspend", Kind::Administration, "IDを停止した"),
    ("account.resume", Kind::Administration, "IDの停止を解いた"),
    ("account.end", Kind::Administration, "IDを終了した"),
    ("token.create", Kind::Administration, "医療機関のシステム連携のトークンを作った"),
    ("token.revoke", Kind::Administration, "医療機関のシステム連携のトークンを失効させた"),
    ("organization.create", Kind::Administration, "組織を登録した"),
    ("organization.update", Kind::Administration, "組織の内容を変えた"),
    ("organization.activate", Kind::Administration, "組織の利用を始めた"),
    ("organization.deactivate", Kind::Administration, "組織の利用を止めた"),
    ("patient.registered", Kind::SignIn, "My HER-SYSに新規登録した"),
    ("patient.signed_in", Kind::SignIn, "My HER-SYSにサインインした"),
    ("patient.sign_in_refused", Kind::Refusal, "My HER-SYSのサインインに失敗した"),
    ("patient.password_changed", Kind::SignIn, "My HER-SYSのパスワードを変えた"),
    ("patient.mail_changed", Kind::SignIn, "My HER-SYSのメールアドレスを変えた"),
    ("patient.linked", Kind::Change, "My HER-SYSに氏名などを登録した"),
    ("patient.link_refused", Kind::Refusal, "HER-SYS IDと生年月日が一致しなかった"),
    ("patient.push_on", Kind::Change, "My HER-SYSで端末への通知を始めた"),
    ("patient.push_off", Kind::Change, "My HER-SYSで端末への通知を止めた"),
    ("patient.wish", Kind::Change, "My HER-SYSから連絡の方法の希望を伝えた"),
    ("patient.wish_withdrawn", Kind::Change, "My HER-SYSから連絡の方法の希望を取り下げた"),
    ("patient.certificate", Kind::View, "My HER-SYSで療養証明書を表示した"),
];

/// An action in words.
pub fn action(code: &str) -> String {
    match WORDS.iter().find(|(action, ..)| *action == code) {
        Some((_, _, label)) => (*label).to_owned(),
        None => format!("その他の操作（{code}）"),
    }
}

/// What keys of details mean. Keys that are not here stand for themselves, so that nothing is hidden.
const KEYS: &[(&str, &str)] = &[
    ("tab", "タブ"),
    ("version", "版"),
    ("notification_id", "発生届の番号"),
    ("content", "内容"),
    ("draft_id", "書きかけの番号"),
    ("kana", "フリガナ"),
    ("name", "氏名"),
    ("hersys_id", "スマホ入力ID"),
    ("phone", "電話番号"),
    ("birth_on", "生年月日"),
    ("local_id", "保健所独自ID"),
    ("prefecture", "都道府県"),
    ("diagnosis", "診断分類"),
    ("current_status", "現在のステータス"),
    ("residence", "居所"),
    ("diagnosed_from", "診断年月日から"),
    ("diagnosed_until", "診断年月日まで"),
    ("reported_from", "報告年月日から"),
    ("reported_until", "報告年月日まで"),
    ("registered_from", "登録日から"),
    ("registered_until", "登録日まで"),
    ("origin", "移行データ"),
    ("shows_past", "過去情報"),
    ("kind", "種類"),
    ("responsible_center_id", "担当保健所"),
    ("from_center_id", "引継ぎ元"),
    ("to_center_id", "引継ぎ先"),
    ("keeps_access", "引継ぎ後も見る"),
    ("relation", "関係"),
    ("transfer_id", "引継ぎの番号"),
    ("display_name", "利用者名"),
    ("issuer", "利用者認証実施者"),
    ("factors_removed", "二段階認証の登録も消した"),
    ("factor_id", "認証の方法の番号"),
    ("by", "方法"),
    ("told", "知らせた先"),
    ("forced", "求められて変えた"),
    ("first", "最初の登録"),
    ("sessions", "サインアウトした数"),
    ("code", "コード"),
    ("prefecture_code", "都道府県番号"),
    ("governing_id", "所管"),
    ("address", "所在地"),
    ("active_from", "利用のはじめ"),
    ("active_until", "利用の停止"),
    ("is_city", "保健所設置市"),
    ("outpatient", "外来"),
    ("inpatient", "入院"),
    ("follow_up", "健康フォローアップ機関の権限"),
    ("system_chief", "システム利用統括責任者"),
    ("system_manager", "システム利用管理者"),
    ("route", "画面"),
    ("status", "結果"),
    ("group", "項目"),
    ("event_id", "お知らせの番号"),
    ("search_id", "検索の番号"),
    ("sort", "並び順"),
    ("page", "ページ"),
    ("rows", "表示した件数"),
    ("found", "見つかった件数"),
    ("days", "期間"),
    ("to", "送り先"),
    ("sign_in_id", "サインインID"),
    ("organization", "組織名"),
    ("from", "から"),
    ("until", "まで"),
    ("reason", "理由"),
    ("before", "変更前"),
    ("after", "変更後"),
    ("taken_back", "取り消した連絡"),
    ("shown", "見た範囲"),
    ("inbox", "受付の状態"),
    ("state", "状態"),
    ("changed", "変更した件数"),
    ("filed", "報告した件数"),
    ("assignee_id", "担当のIDの番号"),
    ("center_id", "保健所"),
    ("token_id", "トークンの番号"),
    ("wish", "希望"),
    ("account_id", "IDの番号"),
    ("organization_id", "組織"),
];

const VALUES: &[(&str, &str, &str)] = &[
    ("tab", "notification", "発生届"),
    ("content", "deleted", "削除された発生届のため、表示しません"),
    ("inbox", "new", "新着"),
    ("inbox", "changed", "変更あり"),
    ("inbox", "answered", "回答あり"),
    ("inbox", "asked", "照会中"),
    ("inbox", "confirmed", "確認済"),
    ("inbox", "reported", "県へ報告済"),
    ("inbox", "deleted", "削除済み"),
    ("tab", "identity", "ID管理"),
    ("tab", "observation", "健康観察"),
    ("tab", "period", "健康観察期間"),
    ("tab", "sharing", "共有・引継ぎ"),
    ("tab", "story", "経過"),
    ("tab", "audit", "閲覧・変更履歴"),
    ("status", "403", "権限なし（403）"),
    ("status", "404", "見つからない・担当外（404）"),
    ("by", "sms", "SMS"),
    ("by", "call", "電話"),
    ("by", "app", "認証アプリ"),
    ("by", "passkey", "パスキー・セキュリティキー"),
    ("kind", "phone", "電話番号"),
    ("kind", "password", "パスワード"),
    ("relation", "related", "関係保健所"),
    ("relation", "linked", "健康フォローアップ機関"),
    ("status", "open", "返事待ち"),
    ("status", "accepted", "受け入れ"),
    ("status", "returned", "差し戻し"),
    ("status", "withdrawn", "取り下げ"),
    ("wish", "stop", "お知らせを止めたい"),
    ("wish", "call", "電話での確認にしたい"),
    ("wish", "resume", "お知らせを再開したい"),
    ("kind", "patient", "感染者"),
    ("kind", "contact", "濃厚接触者"),
];

/// Names of organisations by their ids, for details that hold ids.
pub type Names = HashMap<Uuid, String>;

/// Every id in a detail.
pub fn ids(detail: &Json) -> Vec<Uuid> {
    match detail {
        Json::String(text) => Uuid::parse_str(text).into_iter().collect(),
        Json::Array(parts) => parts.iter().flat_map(ids).collect(),
        Json::Object(object) => object.values().flat_map(ids).collect(),
        _ => Vec::new(),
    }
}

/// A detail as people read it: changes as before and after, the rest as key and value.
pub fn detail(detail: &Json, names: &Names) -> Markup {
    let Some(object) = detail.as_object() else {
        return html! {};
    };
    let changes = object.contains_key("before") && object.contains_key("after");
    html! {
        ul.audit-detail {
            @for (key, value) in object {
                @if key == "fields" {
                    @for change in value.as_array().into_iter().flatten() { (field_line(change)) }
                } @else if changes && key == "after" {
                    (change_lines(&object["before"], value, names))
                } @else if changes && key == "before" {
                } @else if let Some(text) = text(key, value, names) {
                    li { span.audit-key { (label(key)) "：" } (text) }
                }
            }
        }
    }
}

/// A field with its label, as a form's changes are noted.
fn field_line(change: &Json) -> Markup {
    let part = |key: &str| change.get(key).and_then(Json::as_str).unwrap_or_default();
    let name = match part("label") {
        "" => part("field"),
        label => label,
    };
    html! {
        @if let Some(field) = change.as_str() {
            li { span.audit-key { (label(field)) } }
        } @else {
            (before_and_after(name, part("before"), part("after")))
        }
    }
}

/// Two states of the same thing: a line for each part that differs.
fn change_lines(before: &Json, after: &Json, names: &Names) -> Markup {
    let shown = |key: &str, value: Option<&Json>| value.and_then(|value| text(key, value, names)).unwrap_or_default();
    let (Some(was), Some(is)) = (before.as_object(), after.as_object()) else {
        return before_and_after("変更", &shown("status", Some(before)), &shown("status", Some(after)));
    };
    let mut keys: Vec<&String> = was.keys().chain(is.keys()).collect();
    keys.sort();
    keys.dedup();
    html! {
        @for key in keys {
            @if was.get(key) != is.get(key) {
                (before_and_after(label(key), &shown(key, was.get(key)), &shown(key, is.get(key))))
            }
        }
    }
}

fn before_and_after(name: &str, before: &str, after: &str) -> Markup {
    let or_nothing = |text: &str| if text.is_empty() { "（なし）".to_owned() } else { text.to_owned() };
    html! {
        li {
            span.audit-key { (name) "：" }
            span.visually-hidden { "変更前 " } (or_nothing(before))
            span aria-hidden="true" { " → " } span.visually-hidden { "、変更後 " }
            (or_nothing(after))
        }
    }
}

fn label(key: &str) -> &str {
    KEYS.iter().find(|(known, _)| *known == key).map_or(key, |(_, label)| *label)
}

/// `None` where there is nothing to tell.
fn text(key: &str, value: &Json, names: &Names) -> Option<String> {
    let plain = match value {
        Json::Null => return None,
        Json::String(text) if text.trim().is_empty() => return None,
        Json::String(text) => {
            let name = Uuid::parse_str(text).ok().and_then(|id| names.get(&id));
            name.unwrap_or(text).clone()
        }
        Json::Bool(yes) => if *yes { "はい" } else { "いいえ" }.to_owned(),
        Json::Array(parts) => parts.iter().filter_map(|part| text(key, part, names)).collect::<Vec<_>>().join("、"),
        Json::Object(parts) => parts
            .iter()
            .filter_map(|(key, part)| Some(format!("{} {}", label(key), text(key, part, names)?)))
            .collect::<Vec<_>>()
            .join("、"),
        Json::Number(number) => number.to_string(),
    };
    let known = VALUES.iter().find(|(of, value, _)| *of == key && *value == plain);
    Some(known.map_or(plain, |(_, _, word)| (*word).to_owned()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn changes_are_told_as_before_and_after() {
        let told = detail(
            &serde_json::json!({
                "tab": "identity",
                "fields": [{ "field": "phone", "label": "連絡先電話番号", "before": "", "after": "090<1>" }],
            }),
            &Names::new(),
        )
        .into_string();
        assert!(told.contains("タブ：</span>ID管理"));
        assert!(
            told.contains("連絡先電話番号") && told.contains("（なし）") && told.contains("090&lt;1&gt;"),
            "{told}"
        );
    }

    #[test]
    fn nothing_of_a_detail_is_hidden_but_what_is_empty() {
        let told =
            detail(&serde_json::json!({ "kana": "ヤマダ", "name": "", "unheard_of": 3 }), &Names::new()).into_string();
        assert!(
            told.contains("フリガナ：</span>ヤマダ") && told.contains("unheard_of：</span>3") && !told.contains("氏名")
        );
    }

    #[test]
    fn organisations_are_named_and_states_compared() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let names = Names::from([(one, "あおば保健所".to_owned()), (two, "わかば保健所".to_owned())]);
        let transfer = serde_json::json!({
            "before": { "status": "open", "responsible_center_id": one, "same": 1 },
            "after": { "status": "accepted", "responsible_center_id": two, "same": 1 },
        });
        assert_eq!(ids(&transfer), [two, one]);
        let told = detail(&transfer, &names).into_string();
        assert!(
            ["あおば保健所", "わかば保健所", "返事待ち", "受け入れ"].iter().all(|word| told.contains(word)),
            "{told}"
        );
        assert!(!told.contains("same"));
        let sharing = serde_json::json!({ "before": [], "after": [one] });
        assert!(detail(&sharing, &names).into_string().contains("あおば保健所"));
    }

    /// SEC-12: whoever adds an action adds its words here.
    #[test]
    fn every_action_of_the_program_has_its_words() {
        let mut without = Vec::new();
        visit(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut |source| {
            if !source.contains("audit::") || source.contains("const WORDS") {
                return;
            }
            for literal in source.split('"').skip(1).step_by(2) {
                if is_action(literal) && action(literal).starts_with("その他") {
                    without.push(literal.to_owned());
                }
            }
        });
        assert!(without.is_empty(), "add these to WORDS: {without:?}");
    }

    fn is_action(literal: &str) -> bool {
        let word = |part: &str| part.len() > 2 && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let file = |end: &str| ["css", "svg", "json", "html", "txt", "csv", "pem", "com", "example"].contains(&end);
        literal.split_once('.').is_some_and(|(what, done)| word(what) && word(done) && !file(done))
    }

    fn visit(folder: &Path, see: &mut dyn FnMut(&str)) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, see);
            } else if path.extension().is_some_and(|end| end == "rs") {
                see(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
}
