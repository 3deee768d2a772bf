//! Rules in words, for whoever wants to know what counts.

use crate::recovery::{NegativeTests, Rule};

impl Rule {
    /// `10日間（0日目の翌日から）、かつ症状軽快から72時間`
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::NoPeriod => vec!["法律上の期間の定めはありません（保健所が決めます）".to_owned()],
            Self::Tests { tests } => vec![format!("{}で終わります（日数だけでは終わりません）", ends_by(tests))],
            Self::Days { days, relief_hours, care_days, tests } => {
                let free_on = u32::from(*days) + 1;
                let mut words = vec![match relief_hours {
                    Some(hours) => format!("{days}日間、かつ症状軽快から{hours}時間（早くて{free_on}日目に解除）"),
                    None => format!("{days}日間（{free_on}日目に解除）"),
                }];
                if let Some(tests) = tests {
                    words.push(format!("または、{}で終了できます", ends_by(tests)));
                }
                if let Some(care) = care_days {
                    words.push(format!("感染予防行動の徹底は{care}日目まで"));
                }
                words
            }
        }
    }
}

/// `陰性の検査2回（7日目以降、24時間以上の間隔）、翌日に解除`
fn ends_by(tests: &NegativeTests) -> String {
    let free = match tests.free_after {
        0 => "その日に解除".to_owned(),
        1 => "翌日に解除".to_owned(),
        days => format!("{days}日後に解除"),
    };
    format!("{}、{free}", tests.sentence())
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use crate::recovery::RecoverySets;

    #[test]
    fn each_rule_says_what_it_asks() {
        let standard = RecoverySets::standard();
        let symptomatic = |at: usize| standard.0[at].patients.symptomatic.unwrap().general.words();
        assert_eq!(
            symptomatic(0),
            [
                "陰性の検査2回（症状軽快から48時間以降、12時間以上の間隔）、翌日に解除で終わります（日数だけでは終わりません）"
            ]
        );
        assert_eq!(symptomatic(1), ["14日間、かつ症状軽快から72時間（早くて15日目に解除）"]);
        assert_eq!(symptomatic(7)[1], "感染予防行動の徹底は10日目まで");
        assert_eq!(
            standard.0[6].contacts.unwrap().general.words(),
            ["5日間（6日目に解除）", "または、陰性の検査2回（2日目以降、別の日）、その日に解除で終了できます"]
        );
    }
}
