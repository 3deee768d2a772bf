//! Account, registration and attributes.

pub const SIGN_IN: &str = "サインイン";
pub const SIGN_IN_LEAD: &str = "毎日の健康状態を、保健所へ報告するためのサイトです。ご家族の分もまとめて報告できます。";
pub const SIGN_OUT: &str = "サインアウト";
pub const SIGNED_OUT: &str = "サインアウトしました。";
pub const SIGN_OUT_LOSES: &str = "入力の途中の報告があります。サインアウトすると、入力した内容は消えます。";
pub const FORGOTTEN: &str = "パスワードを忘れた方";
pub const NEW_HERE: &str = "はじめての方";
pub const NEW_HERE_TEXT: &str = "メールアドレスと、保健所から届いたHER-SYS IDをご用意ください。3分ほどで終わります。";
pub const NEW_REGISTRATION: &str = "新規登録";
pub const INVITED: &str = "SMSのご案内を受け付けました。HER-SYS IDは、あとの画面に入力された状態で表示されます。";
pub const HAVE_ACCOUNT: &str = "すでに登録した方は、サインインしてください";

pub const REGISTER: &str = "コロナ感染者等状況把握・管理システム 新規登録";
pub const STEPS: [&str; 4] = ["メール", "コードとパスワード", "ご本人の情報", "確認"];
pub const MAIL: &str = "電子メール アドレス";
pub const MAIL_HINT: &str = "確認コードを送ります。ふだんお使いのアドレスを入力してください。";
pub const SEND_CODE: &str = "確認コードを送信";
pub const MAIL_FILTER_TITLE: &str = "メールが届かないときは";
pub const MAIL_FILTER: &str = "迷惑メールの設定で止められていることがあります。迷惑メールのフォルダーを確かめ、確認コードの差出人のドメインを受信できるように設定してください。";

pub const CODE_TITLE: &str = "確認コードとパスワード";
pub const CODE: &str = "確認コード";
pub const CODE_HINT: &str = "メールに書かれた6桁の数字です。10分間使えます。";
pub const CHECK_CODE: &str = "コードの確認";
pub const RESEND: &str = "確認コードを再発行する";
pub const RESENT: &str = "確認コードをもう一度送りました。新しいメールのコードを入力してください。";
pub const CODE_CONFIRMED: &str = "コードを確認しました。";
pub const CODE_DIGITS: &str = "確認コードは6桁の数字です。メールと見比べてください。";
pub const CODE_EXPIRED_NEXT: &str = "「確認コードを再発行する」で新しいコードを受け取ってください。";
pub const PASSWORD: &str = "パスワード";
pub const NEW_PASSWORD: &str = "新しいパスワード";
pub const PASSWORD_REPEATED: &str = "パスワードの確認入力";
pub const RULE_LENGTH: &str = "8文字以上";
pub const RULE_KINDS: &str = "英大文字・英小文字・数字・記号のうち3種類以上";
pub const RULE_MET: &str = "できています";
pub const RULE_OPEN: &str = "まだです";
pub const SHOW_PASSWORD: &str = "パスワードを表示する";
pub const CREATE: &str = "作成";
pub const CREATE_WAITS: &str = "「コードの確認」が済むと、作成できます。";

pub const ATTRIBUTES: &str = "属性入力";
pub const ATTRIBUTES_LEAD: &str = "報告するご本人（療養される方・濃厚接触者の方）の情報を入力してください。";
pub const NAME: &str = "氏名";
pub const NAME_HINT: &str = "登録後は、お名前の修正ができません。";
pub const NAME_MISSING: &str = "氏名を入力してください。";
pub const NAME_LONG: &str = "氏名は80文字までで入力してください。";
pub const BIRTH_DATE: &str = "生年月日";
pub const BIRTH_DATE_HINT: &str = "例：昭和55年1月2日、1980/1/2、19800102";
pub const HERSYS_ID: &str = "HER-SYS ID";
pub const HERSYS_ID_HINT: &str = "保健所からのSMSや書面にある10桁の数字です。お1人ずつ違います。";
pub const HERSYS_ID_FROM_LINK: &str = "SMSのリンクから入力しました。ご本人の番号か確かめてください。";
pub const TO_CHECK: &str = "確認へ進む";
pub const CHECK_TITLE: &str = "登録する内容の確認";
pub const NAME_FROZEN: &str = "お名前は登録後に修正できません。まちがいがないか確かめてください。";
pub const SAVE_ATTRIBUTES: &str = "属性を保存する";
pub const CORRECT: &str = "修正する";
pub const SAVED: &str = "登録しました。";

pub const FORGOTTEN_TITLE: &str = "パスワードの再設定";
pub const FORGOTTEN_LEAD: &str =
    "登録した電子メール アドレスに確認コードを送ります。コードを確認したあと、新しいパスワードを決めてください。";
pub const SET_PASSWORD: &str = "パスワードを変更する";
pub const PASSWORD_SET: &str = "パスワードを変更しました。ほかの端末のサインインは終わりました。";

pub const SETTINGS_FAMILY: &str = "登録している方";
pub const SETTINGS_FAMILY_EMPTY: &str = "まだだれも登録していません。";
pub const ADD_FAMILY: &str = "ご家族の分も、1つのアカウントで報告できます。お1人ずつHER-SYS IDが必要です。";
pub const SETTINGS_ACCOUNT: &str = "アカウント";
pub const CURRENT_MAIL: &str = "今の電子メール アドレス";
pub const CHANGE_PASSWORD: &str = "パスワードの変更";
pub const CURRENT_PASSWORD: &str = "今のパスワード";
pub const CURRENT_PASSWORD_MISSING: &str = "今のパスワードを入力してください。";
pub const PASSWORD_MISSING: &str = "パスワードを入力してください。";
pub const CHANGE_MAIL: &str = "電子メール アドレスの変更";
pub const NEW_MAIL: &str = "新しい電子メール アドレス";
pub const NEW_MAIL_HINT: &str = "新しいアドレスに確認コードを送ります。";
pub const SET_MAIL: &str = "電子メール アドレスを変更する";
pub const MAIL_SET: &str = "電子メール アドレスを変更しました。";

pub const INVITATION_GONE: &str = "このご案内は使えません";
pub const INVITATION_GONE_TEXT: &str =
    "リンクの期限が切れたか、アドレスの一部が欠けています。HER-SYS IDがおわかりの方は、そのまま登録へお進みください。";
pub const CONTINUE: &str = "登録へ進む";

pub fn code_sent_to(mail: &str) -> String {
    format!("{mail} に確認コードを送りました。")
}

pub fn resend_in(seconds: u32) -> String {
    format!("{RESEND}（あと{seconds}秒）")
}

pub fn step_of(now: usize) -> String {
    format!("{}つのうち{now}つ目", STEPS.len())
}

/// What became of a birth date: `昭和55年1月2日（1980年）`.
pub fn date_read(in_era: &str, year: i32) -> String {
    format!("{in_era}（{year}年）")
}

pub fn digits_left(missing: usize) -> String {
    format!("あと{missing}桁です")
}

pub fn id_read(spaced: &str) -> String {
    format!("{spaced}　10桁そろいました")
}
