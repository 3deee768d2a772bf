//! A clerk at the entry pages.

use hersys_tests::Visitor;

/// A form that leaves nothing open but what it must hold.
pub const LEAST: &[(&str, &str)] = &[
    ("diagnosis_type", "confirmed"),
    ("diagnosed_on", "2022-08-01"),
    ("name", "小林 実"),
    ("kana", "こばやし みのる"),
];

/// 【新たに発生届を提出】: the address of the draft.
pub async fn begin(clerk: &mut Visitor) -> String {
    clerk.post_form("/staff/notifications", &[]).await.expect(303).location().to_owned()
}

/// Presses a button of the form with these fields.
pub async fn press(
    clerk: &mut Visitor,
    draft: &str,
    action: &str,
    fields: &[(&str, &str)],
) -> hersys_tests::actors::Answer {
    let all: Vec<(&str, &str)> = fields.iter().copied().chain([("action", action)]).collect();
    clerk.post_form(draft, &all).await
}

/// From the filled form to 「完了しました」: the address of the notification.
pub async fn file(clerk: &mut Visitor, fields: &[(&str, &str)], sends_mail: bool) -> String {
    let draft = begin(clerk).await;
    press(clerk, &draft, "continue", fields).await.expect(303);
    report(clerk, &draft, sends_mail).await
}

/// 【報告】: the address of the notification.
pub async fn report(clerk: &mut Visitor, draft: &str, sends_mail: bool) -> String {
    let mail = if sends_mail { "yes" } else { "" };
    let answer = clerk.post_form(&format!("{draft}/report"), &[("sends_mail", mail)]).await.expect(303);
    let done = answer.location().to_owned();
    clerk.get(&done).await.expect(200).shows("完了しました");
    done.trim_end_matches("/reported").to_owned()
}

/// The case of a notification's address.
pub fn case_of(notification: &str) -> &str {
    notification.split('/').nth(3).expect("a case in the address")
}
