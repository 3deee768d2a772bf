//! Kana in one writing: full-width katakana, so that any input finds the person (LST-04).

/// Full-width katakana for any kana input: hiragana, half width, detached dakuten;
/// full-width letters become half width and runs of spaces one half-width space.
///
/// What is no kana (Latin letters of foreign names, middle dots) is kept.
pub fn to_katakana(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // Hiragana ぁ…ゖ and ゝゞ stand 0x60 below their katakana.
            '\u{3041}'..='\u{3096}' | '\u{309d}' | '\u{309e}' => {
                out.push(char::from_u32(u32::from(c) + 0x60).unwrap_or(c));
            }
            '\u{3099}' | '\u{309b}' | '\u{ff9e}' => voice(&mut out, dakuten),
            '\u{309a}' | '\u{309c}' | '\u{ff9f}' => voice(&mut out, handakuten),
            '\u{ff61}'..='\u{ff9d}' => {
                let at = (u32::from(c) - 0xff61) as usize;
                out.extend(HALF_WIDTH.chars().nth(at));
            }
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' if ends_in_katakana(&out) => {
                out.push('ー');
            }
            '’' => out.push('\''),
            '\u{ff01}'..='\u{ff5e}' => {
                out.push(char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c));
            }
            c if c.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            _ => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The text with half-width katakana made full width (ﾒｿﾞﾝ → メゾン); everything else stays as it is.
pub fn widened(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{ff9e}' => voice(&mut out, dakuten),
            '\u{ff9f}' => voice(&mut out, handakuten),
            '\u{ff61}'..='\u{ff9d}' => out.extend(HALF_WIDTH.chars().nth((u32::from(c) - 0xff61) as usize)),
            _ => out.push(c),
        }
    }
    out
}

/// The form in which kana are compared and indexed: [`to_katakana`] without spaces and middle
/// dots, small kana made large, so that ジョン and ジヨン meet.
pub fn search_key(text: &str) -> String {
    to_katakana(text)
        .chars()
        .filter(|c| !matches!(c, ' ' | '・'))
        .map(|c| match c {
            'ァ' => 'ア',
            'ィ' => 'イ',
            'ゥ' => 'ウ',
            'ェ' => 'エ',
            'ォ' => 'オ',
            'ッ' => 'ツ',
            'ャ' => 'ヤ',
            'ュ' => 'ユ',
            'ョ' => 'ヨ',
            'ヮ' => 'ワ',
            'ヵ' => 'カ',
            'ヶ' => 'ケ',
            _ => c,
        })
        .collect::<String>()
        .to_uppercase()
}

/// Checks a フリガナ field and returns it in full-width katakana. Empty is allowed.
pub fn check_furigana(typed: &str) -> Result<String, &'static str> {
    let kana = to_katakana(typed);
    let readable =
        kana.chars().all(|c| matches!(c, '\u{30a1}'..='\u{30fe}' | ' ' | '.' | '\'' | '-') || c.is_ascii_alphabetic());
    if !readable {
        return Err("フリガナはカタカナ（ひらがな・半角カナでも可）で入力してください。");
    }
    if kana.chars().count() > 80 {
        return Err("フリガナは80文字までで入力してください。");
    }
    Ok(kana)
}

const HALF_WIDTH: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

fn ends_in_katakana(text: &str) -> bool {
    text.ends_with(|c| matches!(c, '\u{30a1}'..='\u{30fc}'))
}

fn voice(out: &mut String, voiced: fn(char) -> Option<char>) {
    if let Some(changed) = out.chars().last().and_then(voiced) {
        out.pop();
        out.push(changed);
    }
}

fn dakuten(c: char) -> Option<char> {
    match c {
        'カ' | 'キ' | 'ク' | 'ケ' | 'コ' | 'サ' | 'シ' | 'ス' | 'セ' | 'ソ' | 'タ' | 'チ' | 'ツ' | 'テ' | 'ト'
        | 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ' => char::from_u32(u32::from(c) + 1),
        'ウ' => Some('ヴ'),
        'ワ' | 'ヰ' | 'ヱ' | 'ヲ' => char::from_u32(u32::from(c) + 8),
        'ヽ' => Some('ヾ'),
        _ => None,
    }
}

fn handakuten(c: char) -> Option<char> {
    match c {
        'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ' => char::from_u32(u32::from(c) + 2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lst_04_any_kana_becomes_full_width_katakana() {
        for typed in ["やまだ　たろう", "ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマタ\u{3099} タロウ", " ヤマダ  タロウ "]
        {
            assert_eq!(to_katakana(typed), "ヤマダ タロウ");
        }
        assert_eq!(to_katakana("ﾊﾟｰｸ"), "パーク");
        assert_eq!(to_katakana("じ-ん"), "ジーン");
    }

    #[test]
    fn lst_04_small_kana_and_spaces_do_not_hide_a_person() {
        assert_eq!(search_key("ジョン・スミス"), search_key("じよん すみす"));
    }

    #[test]
    fn furigana_refuses_kanji() {
        assert!(check_furigana("山田").is_err());
        assert_eq!(check_furigana("やまだ"), Ok("ヤマダ".into()));
        assert_eq!(check_furigana(""), Ok(String::new()));
    }

    #[test]
    fn furigana_of_any_writing_is_stored_in_one() {
        for (typed, stored) in [
            ("ｼﾞｮﾝ･ｽﾐｽ", "ジョン・スミス"),
            ("じょん・すみす", "ジョン・スミス"),
            ("ヴィクトル", "ヴィクトル"),
            ("う\u{3099}ぃくとる", "ヴィクトル"),
            ("ｳﾞｨｸﾄﾙ", "ヴィクトル"),
            ("カトーー", "カトーー"),
            ("かとー　\tじろう", "カトー ジロウ"),
            ("ハ\u{309b}ハ\u{309c}", "バパ"),
            ("Ｏ’Ｂｒｉｅｎ", "O'Brien"),
        ] {
            assert_eq!(check_furigana(typed).as_deref(), Ok(stored), "{typed}");
        }
        for typed in ["山田", "ヤマダ1", "ヤマダ！", "ﾔﾏﾀﾞ。"] {
            assert!(check_furigana(typed).unwrap_err().contains("カタカナ"), "{typed}");
        }
    }

    /// The kana of `text` taken apart: base characters, each voice as a mark of its own.
    fn apart(text: &str, voiced: char, half_voiced: char) -> String {
        let mut out = String::new();
        for c in text.chars() {
            let base = |voice: fn(char) -> Option<char>| ('ァ'..='ヽ').find(|base| voice(*base) == Some(c));
            match (base(dakuten), base(handakuten)) {
                (Some(base), _) => out.extend([base, voiced]),
                (_, Some(base)) => out.extend([base, half_voiced]),
                _ => out.push(c),
            }
        }
        out
    }

    fn half(text: &str) -> String {
        apart(text, 'ﾞ', 'ﾟ')
            .chars()
            .map(|c| match HALF_WIDTH.chars().position(|full| full == c) {
                Some(at) => char::from_u32(0xff61 + at as u32).unwrap(),
                None => c,
            })
            .collect()
    }

    proptest! {
        #[test]
        fn every_writing_of_a_reading_comes_back(reading in "[ァ-ロワヲ-ヴ]([ァ-ロワヲ-ヴー・]| [ァ-ロワヲ-ヴ]){0,20}") {
            let reading = reading.replace(['ヮ', 'ヰ', 'ヱ'], "ワ");
            let hiragana: String = reading
                .chars()
                .map(|c| if ('ァ'..='ヴ').contains(&c) { char::from_u32(u32::from(c) - 0x60).unwrap() } else { c })
                .collect();
            for typed in [
                reading.clone(),
                half(&reading),
                hiragana.clone(),
                apart(&reading, '\u{3099}', '\u{309a}'),
                apart(&reading, '゛', '゜'),
                reading.replace(' ', "　"),
                format!("  {hiragana}　"),
            ] {
                prop_assert_eq!(check_furigana(&typed), Ok(reading.clone()), "{}", typed);
            }
        }

        #[test]
        fn normalising_twice_changes_nothing(text in "\\PC{0,30}") {
            let once = to_katakana(&text);
            prop_assert_eq!(to_katakana(&once), once.clone());
            prop_assert_eq!(search_key(&search_key(&text)), search_key(&text));
        }

        #[test]
        fn hiragana_and_katakana_meet(text in "[ぁ-ゔ]{0,20}") {
            let katakana: String = text.chars().filter_map(|c| char::from_u32(u32::from(c) + 0x60)).collect();
            prop_assert_eq!(to_katakana(&text), katakana);
        }
    }

    #[test]
    fn c_07_half_width_katakana_of_addresses_are_widened() {
        assert_eq!(widened("ﾒｿﾞﾝ青葉 ﾊﾟｰｸ1-2 Ａ棟"), "メゾン青葉 パーク1-2 Ａ棟");
        assert_eq!(widened(&widened("ｶﾞ")), "ガ");
    }
}
