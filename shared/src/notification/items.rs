//! Everything the notification can ask, once: key, label, place on the paper form, and how it is typed.

/// How an item is typed, checked and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line of at most so many characters.
    Text(usize),
    /// Several lines of at most so many characters.
    LongText(usize),
    /// A person's name; single spaces.
    Name,
    /// Full-width katakana.
    Kana,
    /// A day, not after today.
    Date,
    /// A day that may lie ahead.
    AnyDate,
    /// A birth date.
    BirthDate,
    Phone,
    /// Seven digits.
    PostalCode,
    /// A whole number between two.
    Number(u32, u32),
    /// One code of the table.
    Choice(&'static [Choice]),
    /// 有 / 無, 無 unless said otherwise (FORM-14).
    Symptom,
    /// A check mark.
    Mark,
    /// A health centre's id.
    Center,
}

/// A code and the words for it.
pub type Choice = (&'static str, &'static str);

/// A part of the form under its own heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    Filing,
    Person,
    Symptoms,
    Tests,
    Dates,
    Infection,
    Vaccination,
    Risk,
    Care,
    Others,
}

impl Section {
    pub const ALL: [Self; 10] = [
        Self::Filing,
        Self::Person,
        Self::Symptoms,
        Self::Tests,
        Self::Dates,
        Self::Infection,
        Self::Vaccination,
        Self::Risk,
        Self::Care,
        Self::Others,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Filing => "届出",
            Self::Person => "当該者",
            Self::Symptoms => "症状",
            Self::Tests => "診断方法（検査）",
            Self::Dates => "年月日",
            Self::Infection => "感染原因・感染経路・感染地域",
            Self::Vaccination => "ワクチン接種歴",
            Self::Risk => "重症化のリスク因子",
            Self::Care => "重症度・入院",
            Self::Others => "医師が必要と認める事項",
        }
    }

    /// The anchor of the section on the entry page.
    pub fn anchor(self) -> &'static str {
        match self {
            Self::Filing => "filing",
            Self::Person => "person",
            Self::Symptoms => "symptoms",
            Self::Tests => "tests",
            Self::Dates => "dates",
            Self::Infection => "infection",
            Self::Vaccination => "vaccination",
            Self::Risk => "risk",
            Self::Care => "care",
            Self::Others => "others",
        }
    }
}

/// One item of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// Its name in forms, files, JSON and the stored content.
    pub key: &'static str,
    pub label: &'static str,
    pub section: Section,
    pub kind: Kind,
    /// The row of the paper form (別記様式6-1); empty where it stands above or below the numbered rows.
    pub row: &'static str,
}

pub const SEX: &[Choice] = &[("male", "男性"), ("female", "女性")];
pub const YES_NO: &[Choice] = &[("yes", "有"), ("no", "無")];
pub const YES_NO_UNKNOWN: &[Choice] = &[("yes", "有"), ("no", "無"), ("unknown", "不明")];
pub const DIAGNOSIS: &[Choice] = &[
    ("confirmed", "患者（確定例）"),
    ("asymptomatic", "無症状病原体保有者"),
    ("suspected", "疑似症患者"),
    ("died", "感染症死亡者の死体"),
    ("died_suspected", "感染症死亡疑い者の死体"),
];
pub const METHOD: &[Choice] = &[
    ("isolation", "分離・同定による病原体の検出"),
    ("pcr", "核酸増幅法（PCR法）"),
    ("lamp", "核酸増幅法（LAMP法）"),
    ("naat_other", "核酸増幅法（その他）"),
    ("antigen_quantitative", "抗原定量検査"),
    ("antigen_qualitative", "抗原定性検査"),
    ("other", "その他"),
];
pub const SPECIMEN: &[Choice] = &[
    ("sputum", "喀痰"),
    ("tracheal_aspirate", "気管吸引液"),
    ("lavage", "肺胞洗浄液"),
    ("throat_swab", "咽頭拭い液"),
    ("nasopharyngeal_swab", "鼻咽頭拭い液"),
    ("nasal_swab", "鼻腔拭い液"),
    ("nasal_aspirate", "鼻腔吸引液"),
    ("saliva", "唾液"),
    ("stool", "便"),
    ("autopsy", "剖検材料"),
    ("other", "その他"),
];
pub const RESULT: &[Choice] = &[("positive", "陽性"), ("negative", "陰性"), ("other", "その他")];
pub const CERTAINTY: &[Choice] = &[("confirmed", "確定"), ("estimated", "推定"), ("unknown", "不明")];
pub const ROUTE: &[Choice] = &[
    ("droplet", "飛沫・飛沫核感染"),
    ("contact", "接触感染"),
    ("animal", "動物・蚊・昆虫等からの感染"),
    ("other", "その他"),
    ("unknown", "不明"),
];
pub const AREA: &[Choice] = &[("domestic", "日本国内"), ("abroad", "国外"), ("unknown", "不明")];
pub const FACILITY: &[Choice] = &[
    ("home", "自宅・同居者"),
    ("workplace", "職場"),
    ("school", "学校・保育所等"),
    ("medical", "医療機関"),
    ("welfare", "高齢者・障害者施設"),
    ("restaurant", "飲食店"),
    ("event", "イベント・集会"),
    ("other", "その他"),
    ("unknown", "不明"),
];
pub const SEVERITY: &[Choice] =
    &[("mild", "軽症"), ("moderate_1", "中等症Ⅰ"), ("moderate_2", "中等症Ⅱ"), ("severe", "重症")];
pub const NOTICE: &[Choice] = &[("yes", "する"), ("no", "しない")];

const fn item(key: &'static str, label: &'static str, section: Section, kind: Kind, row: &'static str) -> Item {
    Item { key, label, section, kind, row }
}

use Kind::{AnyDate, BirthDate, Center, Date, Kana, LongText, Mark, Name, Number, Phone, PostalCode, Symptom, Text};
use Section::{Care, Dates, Filing, Infection, Others, Person, Risk, Symptoms, Tests, Vaccination};

/// All items in reading order.
pub const ITEMS: &[Item] = &[
    item("reported_on", "報告年月日", Filing, Date, ""),
    item("receiving_center", "届出先保健所", Filing, Center, ""),
    item("doctor_name", "医師の氏名", Filing, Name, ""),
    item("institution_name", "従事する病院・診療所の名称", Filing, Text(120), ""),
    item("institution_address", "上記病院・診療所の所在地", Filing, Text(200), ""),
    item("institution_phone", "電話番号（医療機関）", Filing, Phone, ""),
    item("diagnosis_type", "診断分類", Filing, Kind::Choice(DIAGNOSIS), "1"),
    item("kana", "当該者フリガナ", Person, Kana, "2"),
    item("name", "当該者氏名", Person, Name, "2"),
    item("sex", "性別", Person, Kind::Choice(SEX), "3"),
    item("birth_on", "生年月日", Person, BirthDate, "4"),
    item("occupation", "当該者職業", Person, Text(80), "6"),
    item("current_postal_code", "当該者所在地の郵便番号", Person, PostalCode, "8"),
    item("current_address", "当該者所在地", Person, Text(200), "8"),
    item("current_phone", "電話番号（所在地）", Person, Phone, "8"),
    item("registered_is_current", "当該者所在地と同様", Person, Mark, "7"),
    item("registered_postal_code", "当該者住所の郵便番号", Person, PostalCode, "7"),
    item("registered_address", "当該者住所", Person, Text(200), "7"),
    item("phone", "電話番号", Person, Phone, "7"),
    item("guardian_name", "保護者氏名", Person, Name, "9"),
    item("guardian_address", "保護者住所", Person, Text(200), "10"),
    item("guardian_phone", "電話番号（保護者）", Person, Phone, "10"),
    item("symptom_fever", "発熱", Symptoms, Symptom, "11"),
    item("symptom_cough", "咳", Symptoms, Symptom, "11"),
    item("symptom_respiratory", "咳以外の急性呼吸器症状", Symptoms, Symptom, "11"),
    item("symptom_pneumonia", "肺炎像", Symptoms, Symptom, "11"),
    item("symptom_severe_pneumonia", "重篤な肺炎", Symptoms, Symptom, "11"),
    item("symptom_ards", "急性呼吸窮迫症候群", Symptoms, Symptom, "11"),
    item("symptom_organ_failure", "多臓器不全", Symptoms, Symptom, "11"),
    item("symptom_fatigue", "全身倦怠感", Symptoms, Symptom, "11"),
    item("symptom_headache", "頭痛", Symptoms, Symptom, "11"),
    item("symptom_nausea", "嘔気・嘔吐", Symptoms, Symptom, "11"),
    item("symptom_diarrhea", "下痢", Symptoms, Symptom, "11"),
    item("symptom_conjunctivitis", "結膜炎", Symptoms, Symptom, "11"),
    item("symptom_smell_taste", "嗅覚・味覚障害", Symptoms, Symptom, "11"),
    item("symptom_other", "その他", Symptoms, Symptom, "11"),
    item("symptom_other_text", "その他の症状", Symptoms, Text(200), "11"),
    item("test1_method", "検査1 検査方法", Tests, Kind::Choice(METHOD), "12"),
    item("test1_method_text", "検査1 検査方法（その他）", Tests, Text(80), "12"),
    item("test1_specimen", "検査1 検体", Tests, Kind::Choice(SPECIMEN), "12"),
    item("test1_specimen_text", "検査1 検体（その他）", Tests, Text(80), "12"),
    item("test1_collected_on", "検査1 検体採取日", Tests, Date, "12"),
    item("test1_result", "検査1 結果", Tests, Kind::Choice(RESULT), "12"),
    item("test2_method", "検査2 検査方法", Tests, Kind::Choice(METHOD), "12"),
    item("test2_method_text", "検査2 検査方法（その他）", Tests, Text(80), "12"),
    item("test2_specimen", "検査2 検体", Tests, Kind::Choice(SPECIMEN), "12"),
    item("test2_specimen_text", "検査2 検体（その他）", Tests, Text(80), "12"),
    item("test2_collected_on", "検査2 検体採取日", Tests, Date, "12"),
    item("test2_result", "検査2 結果", Tests, Kind::Choice(RESULT), "12"),
    item("test3_method", "検査3 検査方法", Tests, Kind::Choice(METHOD), "12"),
    item("test3_method_text", "検査3 検査方法（その他）", Tests, Text(80), "12"),
    item("test3_specimen", "検査3 検体", Tests, Kind::Choice(SPECIMEN), "12"),
    item("test3_specimen_text", "検査3 検体（その他）", Tests, Text(80), "12"),
    item("test3_collected_on", "検査3 検体採取日", Tests, Date, "12"),
    item("test3_result", "検査3 結果", Tests, Kind::Choice(RESULT), "12"),
    item("test4_method", "検査4 検査方法", Tests, Kind::Choice(METHOD), "12"),
    item("test4_method_text", "検査4 検査方法（その他）", Tests, Text(80), "12"),
    item("test4_specimen", "検査4 検体", Tests, Kind::Choice(SPECIMEN), "12"),
    item("test4_specimen_text", "検査4 検体（その他）", Tests, Text(80), "12"),
    item("test4_collected_on", "検査4 検体採取日", Tests, Date, "12"),
    item("test4_result", "検査4 結果", Tests, Kind::Choice(RESULT), "12"),
    item("first_visit_on", "初診年月日", Dates, Date, "13"),
    item("diagnosed_on", "診断年月日", Dates, Date, "14"),
    item("infected_on", "感染したと推定される年月日", Dates, Date, "15"),
    item("onset_on", "発病年月日", Dates, Date, "16"),
    item("died_on", "死亡年月日", Dates, Date, "17"),
    item("route_certainty", "感染原因・感染経路の確からしさ", Infection, Kind::Choice(CERTAINTY), "18"),
    item("route", "感染原因・感染経路", Infection, Kind::Choice(ROUTE), "18"),
    item("route_text", "感染原因・感染経路の詳細", Infection, Text(200), "18"),
    item("area_certainty", "感染地域の確からしさ", Infection, Kind::Choice(CERTAINTY), "18"),
    item("area", "感染地域", Infection, Kind::Choice(AREA), "18"),
    item("area_prefecture", "都道府県", Infection, Text(20), "18"),
    item("area_city", "市区町村", Infection, Text(60), "18"),
    item("area_facility", "施設等区分", Infection, Kind::Choice(FACILITY), "18"),
    item("area_place", "場所名称", Infection, Text(120), "18"),
    item("area_country", "国", Infection, Text(60), "18"),
    item("area_detail", "詳細地域", Infection, Text(120), "18"),
    item("departed_on", "渡航期間 出国日", Infection, Date, "18"),
    item("entered_on", "渡航期間 入国日", Infection, Date, "18"),
    item("vaccinated", "ワクチン接種の有無", Vaccination, Kind::Choice(YES_NO_UNKNOWN), "19"),
    item("vaccine_doses", "接種回数", Vaccination, Number(1, 9), "19"),
    item("vaccine1_on", "1回目の接種年月日", Vaccination, Date, "19"),
    item("vaccine1_maker", "1回目のワクチンの種類／製造会社", Vaccination, Text(60), "19"),
    item("vaccine2_on", "2回目の接種年月日", Vaccination, Date, "19"),
    item("vaccine2_maker", "2回目のワクチンの種類／製造会社", Vaccination, Text(60), "19"),
    item("vaccine3_on", "3回目の接種年月日", Vaccination, Date, "19"),
    item("vaccine3_maker", "3回目のワクチンの種類／製造会社", Vaccination, Text(60), "19"),
    item("vaccine4_on", "4回目の接種年月日", Vaccination, Date, "19"),
    item("vaccine4_maker", "4回目のワクチンの種類／製造会社", Vaccination, Text(60), "19"),
    item("risk", "重症化のリスク因子となる疾病等の有無", Risk, Kind::Choice(YES_NO_UNKNOWN), "19"),
    item("risk_cancer", "悪性腫瘍", Risk, Mark, "19"),
    item("risk_respiratory", "慢性呼吸器疾患（COPD等）", Risk, Mark, "19"),
    item("risk_kidney", "慢性腎臓病", Risk, Mark, "19"),
    item("risk_diabetes", "糖尿病", Risk, Mark, "19"),
    item("risk_hypertension", "高血圧", Risk, Mark, "19"),
    item("risk_dyslipidemia", "脂質異常症", Risk, Mark, "19"),
    item("risk_cardiovascular", "心血管疾患", Risk, Mark, "19"),
    item("risk_cerebrovascular", "脳血管疾患", Risk, Mark, "19"),
    item("risk_obesity", "肥満（BMI 30以上）", Risk, Mark, "19"),
    item("risk_smoking", "喫煙", Risk, Mark, "19"),
    item("risk_transplant", "固形臓器移植後の免疫不全", Risk, Mark, "19"),
    item("risk_pregnancy", "妊娠後半期", Risk, Mark, "19"),
    item("risk_immunosuppression", "免疫抑制・調節薬の使用", Risk, Mark, "19"),
    item("risk_other", "その他", Risk, Mark, "19"),
    item("risk_other_text", "その他のリスク因子", Risk, Text(200), "19"),
    item("severity", "重症度", Care, Kind::Choice(SEVERITY), "19"),
    item("needs_admission", "入院の必要性", Care, Kind::Choice(YES_NO), "19"),
    item("treatment_needed", "治療薬の投与の必要性の有無", Care, Kind::Choice(YES_NO), "19"),
    item("oxygen_needed", "酸素投与の必要性の有無", Care, Kind::Choice(YES_NO), "19"),
    item("admitted", "届出時点の入院の有無", Care, Kind::Choice(YES_NO), "19"),
    item("admitted_on", "入院年月日", Care, AnyDate, "19"),
    item("hospital", "入院先の医療機関", Care, Text(120), "19"),
    item("remarks", "自由記述欄", Others, LongText(4000), "19"),
    item("url_notice", "My HER-SYS URL 通知", Others, Kind::Choice(NOTICE), ""),
];

/// How many tests the form has room for (C-13).
pub const TESTS: usize = 4;

/// The item with a key.
pub fn find(key: &str) -> Option<&'static Item> {
    ITEMS.iter().find(|item| item.key == key)
}

impl Item {
    /// A kept value as people read it: words for codes, `1980年01月02日` for days. Names of health
    /// centres are the caller's to look up.
    pub fn shown(&self, value: &str) -> String {
        match self.kind {
            Kind::Choice(choices) => choices
                .iter()
                .find(|(code, _)| *code == value)
                .map_or_else(|| value.to_owned(), |(_, words)| (*words).to_owned()),
            Kind::Symptom => if value == "yes" { "有" } else { "無" }.to_owned(),
            Kind::Mark => if value == "yes" { "該当" } else { "" }.to_owned(),
            Kind::Date | Kind::AnyDate | Kind::BirthDate => {
                crate::days::parse(value).map_or_else(|_| value.to_owned(), crate::days::japanese)
            }
            Kind::PostalCode if value.len() == 7 => format!("{}-{}", &value[..3], &value[3..]),
            _ => value.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_there_once() {
        let mut keys: Vec<&str> = ITEMS.iter().map(|item| item.key).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn form_05_the_types_of_diagnosis_are_those_of_the_table() {
        for (choice, diagnosis) in DIAGNOSIS.iter().zip(super::super::DiagnosisType::ALL) {
            assert_eq!(*choice, (diagnosis.code(), diagnosis.label()));
        }
    }
}
