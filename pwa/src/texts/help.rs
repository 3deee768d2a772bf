//! What is needed at once, and where the rest is (MY-23, MY-24, SUP-05).

pub const TITLE: &str = "ヘルプ";
pub const CENTERS_TITLE: &str = "担当の保健所";
pub const READ_TITLE: &str = "使い方と説明";
pub const EMERGENCY_TITLE: &str = "急いで助けが必要なとき";
pub const EMERGENCY: &str =
    "息が苦しい、意識がぼんやりする、唇が紫色になるなどのときは、報告を待たずに、すぐ119番に電話してください。";
pub const AMBULANCE: &str = "救急車";
pub const PURPOSE_TITLE: &str = "データの使いみち";
pub const PURPOSE: &str = "報告された健康状態は、感染症法にもとづく健康観察として担当の保健所が確かめ、診察や入院の手配に使います。送信した内容は、ご本人の画面にも端末にも残りません。";

/// Public pages of the server, whose texts an operator may replace.
pub const READ: [(&str, &str); 5] = [
    ("/info/my-hersys", "My HER-SYSの概要"),
    ("/info/how-to", "My HER-SYSの操作"),
    ("/info/faq", "よくあるご質問"),
    ("/info/auto-call", "自動架電の概要"),
    ("/info/health-call", "健康コールの概要"),
];

pub const MORE: [(&str, &str); 4] = [
    ("/info/legal", "情報の収集と共有の法的根拠"),
    ("/info/privacy", "プライバシーとCookie"),
    ("/info/terms", "利用規約"),
    ("/info/contacts", "問い合わせ先"),
];
