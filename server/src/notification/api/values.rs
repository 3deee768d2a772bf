//! The items of a notification as JSON: an object with the keys of the item table. Days are text,
//! marks `true`, choices their codes; whatever the form understands is understood here, too.

use hersys_shared::Problems;
use hersys_shared::notification::items::{ITEMS, Item, Kind, find};
use hersys_shared::notification::{Content, Typed};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The values of a notification's items, by key. What is left out is empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NotificationValues(pub Map<String, Json>);

impl NotificationValues {
    /// A content as it would be sent.
    pub fn of(content: &Content) -> Self {
        let value = |key: &str, value: &str| match find(key).map(|item| item.kind) {
            Some(Kind::Symptom | Kind::Mark) => Json::Bool(value == "yes"),
            Some(Kind::Number(..)) => value.parse::<u32>().map_or_else(|_| value.into(), Json::from),
            _ => value.into(),
        };
        Self(content.values.iter().map(|(key, text)| (key.to_owned(), value(key, text))).collect())
    }

    /// The form as if it had been typed. Keys that no item has, and values that are no text, number or
    /// mark, are problems: nothing that was sent is dropped silently.
    pub fn typed(&self) -> (Typed, Problems) {
        let (mut typed, mut problems) = (Typed::default(), Problems::default());
        for (key, value) in &self.0 {
            let Some(item) = find(key) else {
                problems.add(key, "この名前の項目はありません。");
                continue;
            };
            match value {
                Json::Null => {}
                Json::String(text) => typed.set(key, text.as_str()),
                Json::Bool(yes) if is_mark(item) => typed.set(key, if *yes { "yes" } else { "" }),
                Json::Number(number) => typed.set(key, number.to_string()),
                _ => problems.add(key, "文字列で送ってください。"),
            }
        }
        (typed, problems)
    }
}

fn is_mark(item: &Item) -> bool {
    matches!(item.kind, Kind::Symptom | Kind::Mark)
        || matches!(item.kind, Kind::Choice(choices) if choices.iter().any(|(code, _)| *code == "yes"))
}

impl ToSchema for NotificationValues {}

/// Generated from the item table, so that the document cannot tell of another form than the one that is checked.
impl PartialSchema for NotificationValues {
    fn schema() -> RefOr<Schema> {
        let mut object = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .description(Some("発生届の項目。キーは項目表のもの。空の項目は送らなくてよい。"))
            .additional_properties(Some(AdditionalProperties::FreeForm(false)));
        for item in ITEMS {
            object = object.property(item.key, property(item));
        }
        object.into()
    }
}

fn property(item: &Item) -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    let described = |object: ObjectBuilder, more: &str| {
        let separator = if more.is_empty() { "" } else { "。" };
        object.description(Some(format!("{}：{}{separator}{more}", item.section.title(), item.label)))
    };
    match item.kind {
        Kind::Text(longest) | Kind::LongText(longest) => described(text.max_length(Some(longest)), ""),
        Kind::Name => described(text.max_length(Some(80)), ""),
        Kind::Kana => described(text, "カタカナ"),
        Kind::Date | Kind::AnyDate | Kind::BirthDate => {
            described(text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))), "和暦など、画面と同じ書き方も可")
        }
        Kind::Phone => described(text, "ハイフンはなくてもよい"),
        Kind::PostalCode => described(text, "7桁"),
        Kind::Number(least, most) => described(
            ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::Integer))
                .minimum(Some(f64::from(least)))
                .maximum(Some(f64::from(most))),
            "",
        ),
        Kind::Choice(choices) => {
            let words: Vec<String> = choices.iter().map(|(code, words)| format!("{code}={words}")).collect();
            described(text.enum_values(Some(choices.iter().map(|(code, _)| *code))), &words.join("、"))
        }
        Kind::Symptom => {
            described(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Boolean)), "送らないときは無")
        }
        Kind::Mark => described(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Boolean)), ""),
        Kind::Center => described(text, "保健所の名称かコード。送らないときは所管保健所"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hersys_shared::notification::{Edition, check};
    use proptest::prelude::*;
    use time::macros::date;

    #[test]
    fn form_05_the_schema_names_every_item_and_its_choices() {
        let schema = serde_json::to_value(NotificationValues::schema()).unwrap();
        for item in ITEMS {
            assert!(schema["properties"][item.key].is_object(), "{}", item.key);
        }
        assert_eq!(schema["properties"]["sex"]["enum"], serde_json::json!(["male", "female"]));
    }

    #[test]
    fn what_is_no_item_is_told() {
        let sent: NotificationValues = serde_json::from_value(
            serde_json::json!({ "name": ["x"], "weather": "晴", "symptom_fever": true, "vaccine_doses": 3 }),
        )
        .unwrap();
        let (typed, problems) = sent.typed();
        assert_eq!((typed.get("symptom_fever"), typed.get("vaccine_doses")), ("yes", "3"));
        assert!(problems.of("weather").is_some() && problems.of("name").is_some());
    }

    fn any_value(item: &'static Item) -> BoxedStrategy<String> {
        match item.kind {
            Kind::Text(_) | Kind::Name => "[\"\\\\ぁ-ん一-龠A-Z]{0,12}".boxed(),
            Kind::LongText(_) => "[ぁ-ん一-龠\n]{0,30}".boxed(),
            Kind::Kana => "[ァ-ヴ]{0,12}".boxed(),
            Kind::Date | Kind::AnyDate | Kind::BirthDate => {
                (1u8..29).prop_map(|day| format!("2021-03-{day:02}")).boxed()
            }
            Kind::Phone => "0[1-9]0-[0-9]{4}-[0-9]{4}".boxed(),
            Kind::PostalCode => "[0-9]{7}".boxed(),
            Kind::Number(least, most) => (least..=most).prop_map(|n| n.to_string()).boxed(),
            Kind::Choice(choices) => proptest::sample::select(choices).prop_map(|(code, _)| code.to_owned()).boxed(),
            Kind::Symptom | Kind::Mark => proptest::sample::select(&["yes", ""][..]).prop_map(str::to_owned).boxed(),
            Kind::Center => Just(uuid::Uuid::from_u128(1003).to_string()).boxed(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn form_05_what_is_written_as_json_reads_back_to_the_same_content(
            items in ITEMS.iter().map(|item| any_value(item).prop_map(|value| (item.key, value))).collect::<Vec<_>>(),
            edition in proptest::sample::select(&Edition::ALL[..]),
        ) {
            let typed: Typed = items.into_iter().collect();
            let content = check(&typed, edition, date!(2022 - 08 - 01)).content;
            let sent = serde_json::to_string(&NotificationValues::of(&content)).unwrap();
            let (typed, problems) = serde_json::from_str::<NotificationValues>(&sent).unwrap().typed();
            prop_assert!(problems.is_empty());
            prop_assert_eq!(check(&typed, edition, date!(2022 - 08 - 01)).content, content);
        }
    }
}
