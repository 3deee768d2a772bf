//! The mails to patients. They name no illness and nobody's name (NTF-06).

use hersys_shared::api::CodePurpose;

use crate::clock::Timestamp;
use crate::config::Config;
use crate::messages::{Channel, NewMessage};

/// A mail without its recipient.
pub struct Mail {
    subject: String,
    body: String,
}

impl Mail {
    pub fn to(self, recipient: &str, expires_at: Timestamp) -> NewMessage {
        NewMessage {
            channel: Channel::Mail,
            recipient: recipient.to_owned(),
            subject: self.subject,
            body: self.body,
            case_id: None,
            expires_at,
        }
    }
}

/// The mail that answers a wish for a code. Only its reader learns whether the address has an account.
pub fn code(config: &Config, purpose: CodePurpose, has_account: bool, code: &str) -> Mail {
    let base = config.base_url.as_str();
    match (purpose, has_account) {
        (CodePurpose::Registration, false) => with_code(config, "My HER-SYS 確認コード", "新規登録", code),
        (CodePurpose::PasswordReset, true) => with_code(config, "My HER-SYS 確認コード", "パスワードの再設定", code),
        (CodePurpose::MailChange, false) => {
            with_code(config, "My HER-SYS 確認コード", "電子メールアドレスの変更", code)
        }
        (CodePurpose::Registration, true) => without_code(
            config,
            &format!(
                "このメールアドレスは、すでに登録されています。\n次のページからサインインしてください。\n{base}\n\n\
                 パスワードを忘れたときは、サインインの画面の「パスワードを忘れた方」から再設定できます。"
            ),
        ),
        (CodePurpose::PasswordReset, false) => without_code(
            config,
            &format!(
                "このメールアドレスの登録は見つかりませんでした。\n別のメールアドレスで登録したか、まだ登録していない可能性があります。\n\
                 新規登録は次のページからできます。\n{base}"
            ),
        ),
        (CodePurpose::MailChange, true) => without_code(
            config,
            "このメールアドレスは、すでに別の登録で使われているため、変更先にできません。\n別のメールアドレスを指定してください。",
        ),
    }
}

/// Tells the old address that the account now has another one.
pub fn address_changed(config: &Config) -> Mail {
    without_code(
        config,
        "登録のメールアドレスが変更されました。これより後は、新しいメールアドレスでサインインしてください。\n\
         お心当たりがないときは、すぐに管轄の保健所にご連絡ください。",
    )
}

/// Tells the owner that the password was changed.
pub fn password_changed(config: &Config) -> Mail {
    without_code(
        config,
        "パスワードが変更されました。\nお心当たりがないときは、すぐにパスワードを再設定し、管轄の保健所にご連絡ください。",
    )
}

fn with_code(config: &Config, subject: &str, purpose: &str, code: &str) -> Mail {
    Mail {
        subject: subject.to_owned(),
        body: format!(
            "{purpose}の確認コードは次の6桁の数字です。\n\n    {code}\n\n\
             画面に入力して【コードの確認】を押してください。10分間有効です。\n\
             お心当たりがないときは、このメールを削除してください。ほかの人に教えないでください。\n{}",
            signature(config)
        ),
    }
}

fn without_code(config: &Config, text: &str) -> Mail {
    Mail { subject: "My HER-SYS からのお知らせ".to_owned(), body: format!("{text}\n{}", signature(config)) }
}

fn signature(config: &Config) -> String {
    format!("\n--\n{}\nこのメールは送信専用です。返信はできません。\n{}\n", config.operator_name, config.base_url)
}
