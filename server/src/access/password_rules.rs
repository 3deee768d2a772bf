//! What a new password of a staff ID must be (AUTH-16…AUTH-18).

use hersys_shared::password;
use zxcvbn::feedback::Warning;
use zxcvbn::{Score, zxcvbn};

/// AUTH-17: letters, digits and these. The manual shows two blanks after `}`, where the vertical
/// bar was lost; on Japanese keyboards the backslash is written `¥`.
const SYMBOLS: &str = r##"@#$%^&*-_!+=[]{}|\:',.?/`~"();"##;

/// Words of this system, as guessable here as those of the dictionaries.
const OWN_WORDS: [&str; 14] = [
    "hersys",
    "her-sys",
    "corona",
    "covid",
    "covid19",
    "hokenjo",
    "hokensho",
    "kansen",
    "kansensha",
    "mhlw",
    "kosei",
    "kourou",
    "byouin",
    "shinryo",
];

/// Guesses that a password must withstand: 10⁸, the third step of the estimate.
const ENOUGH: Score = Score::Three;

/// The one writing of a password that is typed with either yen sign or backslash.
pub fn normal(typed: &str) -> String {
    typed.replace('¥', "\\")
}

/// Judges a new password; the reason is a sentence for whoever chose it.
pub fn judge(password: &str, sign_in_id: &str) -> Result<(), String> {
    password::check(password)?;
    if let Some(wrong) = password.chars().find(|c| !is_allowed(*c)) {
        let wrong = if wrong.is_whitespace() { "空白".to_owned() } else { format!("「{wrong}」") };
        return Err(format!(
            "{wrong}はパスワードに使えません。使えるのは、半角の英字・数字と、次の記号です：{}",
            SYMBOLS.replace('\\', "¥")
        ));
    }
    if let Some((part, rule)) = part_of_id(password, sign_in_id) {
        return Err(format!(
            "サインインIDの一部「{part}」（{rule}）を含むパスワードは使えません。IDと関係のない文字にしてください。"
        ));
    }
    let parts = id_parts(sign_in_id);
    let inputs: Vec<&str> = OWN_WORDS.into_iter().chain(parts.iter().map(String::as_str)).collect();
    let estimate = zxcvbn(password, &inputs);
    if estimate.score() >= ENOUGH {
        return Ok(());
    }
    let reason = estimate.feedback().and_then(|feedback| feedback.warning()).map_or("推測されやすい並びです。", reason);
    Err(format!("{reason}関係のない言葉をいくつか組み合わせるなどして、推測されにくいパスワードにしてください。"))
}

fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || SYMBOLS.contains(c) || c == '¥'
}

/// AUTH-18: a whole part of the ID, or four characters in a row from before the `@`; and which of the two it is.
fn part_of_id(password: &str, sign_in_id: &str) -> Option<(String, &'static str)> {
    let password = password.to_lowercase();
    let id = sign_in_id.to_lowercase();
    let name: Vec<char> = id.split('@').next().unwrap_or_default().chars().collect();
    let whole = id_parts(&id).into_iter().find(|part| password.contains(part.as_str()));
    let in_a_row = || name.windows(4).map(|four| four.iter().collect::<String>()).find(|four| password.contains(four));
    whole.map(|part| (part, "@や.や-で区切られた部分")).or_else(|| in_a_row().map(|four| (four, "@より前に続く4文字")))
}

/// The parts of an ID that are long enough to tell something.
fn id_parts(sign_in_id: &str) -> Vec<String> {
    let lower = sign_in_id.to_lowercase();
    let (name, domain) = lower.split_once('@').unwrap_or((&lower, ""));
    let parts = |text: &str, least: usize| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|part| part.chars().count() >= least)
            .map(str::to_owned)
            .collect()
    };
    [parts(name, 3), parts(domain, 4)].concat()
}

fn reason(warning: Warning) -> &'static str {
    match warning {
        Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword => {
            "よく使われているパスワードです。"
        }
        Warning::ThisIsSimilarToACommonlyUsedPassword => "よく使われているパスワードに似ています。",
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            "キーボードの並びは推測されやすい文字列です。"
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            "同じ文字や文字列の繰り返しは推測されやすくなります。"
        }
        Warning::SequencesLikeAbcAreEasyToGuess => "abcや123のような連続した文字は推測されやすくなります。",
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => {
            "年や日付は推測されやすい文字列です。"
        }
        Warning::AWordByItselfIsEasyToGuess => "辞書にある言葉だけのパスワードです。",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            "名前は推測されやすい言葉です。"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "aoba-hokenjo1@hersys.example";

    #[test]
    fn auth_16_length_and_kinds() {
        assert!(judge("Kx7;q", ID).unwrap_err().contains("8文字以上"));
        assert!(judge("kxqpwvzmtr", ID).unwrap_err().contains("3種類以上"));
        assert_eq!(judge("Kx7;q-Vm2tz", ID), Ok(()));
    }

    #[test]
    fn auth_17_allowed_characters_with_the_vertical_bar() {
        for symbol in SYMBOLS.chars().chain(['¥']) {
            assert_eq!(judge(&format!("Kx7q{symbol}Vm2tzWq"), ID), Ok(()), "{symbol}");
        }
        for (wrong, shown) in [(' ', "空白"), ('é', "「é」"), ('あ', "「あ」"), ('<', "「<」")] {
            assert!(judge(&format!("Kx7q{wrong}Vm2tzWq"), ID).unwrap_err().starts_with(shown), "{wrong}");
        }
        assert_eq!(normal("a¥b"), normal("a\\b"));
    }

    #[test]
    fn auth_18_common_passwords_and_those_with_parts_of_the_id_are_refused_with_the_reason() {
        assert!(judge("Password1", ID).unwrap_err().contains("よく使われている"));
        assert!(judge("P@ssw0rd", ID).unwrap_err().contains("よく使われている"));
        assert!(judge("Hersys-2022", ID).is_err());
        assert!(judge("Qwertyuiop1", ID).is_err());
        assert!(judge("Aaaaaaaa1", ID).is_err());
        for part in ["Aoba", "HOKENJO1", "kenj"] {
            assert!(judge(&format!("{part};Kx7q-Vm2tz"), ID).unwrap_err().contains("サインインIDの一部"), "{part}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_password_passes_that_breaks_a_rule(password in "[ -~¥あ]{0,24}") {
            if judge(&password, ID).is_ok() {
                prop_assert!(password.chars().count() >= 8);
                prop_assert!(password.chars().all(is_allowed));
                prop_assert!(password::check(&password).is_ok());
                prop_assert!(part_of_id(&password, ID).is_none());
            }
        }

        #[test]
        fn any_part_of_the_id_is_found_wherever_it_stands(at in 0_usize..10, before in "[A-Z][0-9]{3}", after in "[;:][a-z]{4}") {
            let name = ID.split('@').next().unwrap();
            let part = &name[at..at + 4];
            let around = format!("{before}{}{after}", part.to_uppercase());
            prop_assert!(part_of_id(&around, ID).is_some());
        }

        #[test]
        fn long_random_passwords_pass(password in "[A-Z]{3}[a-z]{3}[0-9]{3}[;:!?]{3}[A-Za-z]{6}") {
            prop_assume!(part_of_id(&password, ID).is_none());
            prop_assert_eq!(judge(&password, ID), Ok(()));
        }
    }
}
