//! What a demo prints at its start: where to go, and as whom.

use std::fmt::Write;

use crate::demo::data::{DemoAccount, DemoPerson};

/// The facts of a demo.
pub struct Banner<'a> {
    /// `http://127.0.0.1:8080`
    pub base: &'a str,
    pub accounts: &'a [DemoAccount],
    pub family: &'a [DemoPerson],
    pub has_pwa: bool,
}

impl Banner<'_> {
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a String does not fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let Self { base, accounts, family, has_pwa } = self;
        let rule = "─".repeat(78);
        writeln!(out, "{rule}")?;
        writeln!(out, " HER-SYS デモ / demo: 人物・機関はすべて架空です。 Everybody in it is made up.")?;
        writeln!(out)?;
        writeln!(out, "   My HER-SYS（患者・家族 / patients）    {base}/")?;
        writeln!(out, "   HER-SYS（職員 / staff）               {base}/staff/")?;
        writeln!(out, "   送信箱（メール・SMS / mail and SMS）   {base}/demo/outbox")?;
        if !has_pwa {
            writeln!(out)?;
            writeln!(out, "   この実行ファイルには My HER-SYS の画面が入っていません: cargo xtask run で作れます。")?;
            writeln!(out, "   My HER-SYS is not built into this program: run `cargo xtask run`.")?;
        }
        writeln!(out)?;
        let password = accounts.first().map_or("", |account| account.password);
        writeln!(out, " 職員 / staff, パスワード / password: {password}")?;
        for DemoAccount { sign_in_id, role, organization, .. } in *accounts {
            writeln!(out, "   {} {} {organization}", padded(sign_in_id, 28), padded(role, 24))?;
        }
        writeln!(out, "   6桁のコードは送信箱に届きます。 The six-digit code arrives in the outbox.")?;
        writeln!(out)?;
        writeln!(out, " 家族 / a family to register in My HER-SYS (HER-SYS ID, 生年月日 / birth date, 氏名 / name)")?;
        for person in *family {
            let birth_on = hersys_shared::days::iso(person.birth_on);
            writeln!(out, "   {}   {birth_on}   {}", person.hersys_id.spaced(), person.name)?;
        }
        writeln!(out, "   メールアドレスは何でもよく、確認コードは送信箱に届きます。")?;
        writeln!(out, "   Any mail address will do; its code arrives in the outbox.")?;
        writeln!(out, "{rule}")
    }
}

/// Padded to `width` columns of a terminal, where Japanese characters take two.
fn padded(text: &str, width: usize) -> String {
    let columns: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(columns)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hersys_shared::HersysId;

    #[test]
    fn the_banner_says_where_to_go_and_as_whom() {
        let account = DemoAccount {
            sign_in_id: "aoba-hc@hersys.example",
            password: "secret",
            role: "保健所",
            organization: "あおば保健所",
            phone: "09000000002",
        };
        let person = DemoPerson {
            name: "緑川 健一".into(),
            hersys_id: HersysId::from_number(1),
            birth_on: time::macros::date!(1978 - 04 - 12),
        };
        let banner = |has_pwa| {
            let accounts = std::slice::from_ref(&account);
            Banner { base: "http://127.0.0.1:8080", accounts, family: std::slice::from_ref(&person), has_pwa }.text()
        };
        let text = banner(true);
        for needed in ["http://127.0.0.1:8080/staff/", "/demo/outbox", "aoba-hc@hersys.example", "secret", "1978-04-12"]
        {
            assert!(text.contains(needed), "{needed}");
        }
        assert!(!text.contains("xtask") && banner(false).contains("cargo xtask run"));
    }
}
