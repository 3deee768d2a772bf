//! What the homes of shared items say today beside a notification that was reported: a notification
//! never changes by itself (REF-06), so the reader is told where they differ.

use std::collections::HashMap;

use hersys_shared::episode::Episode;
use hersys_shared::identity::Identity;
use hersys_shared::notification::Content;
use hersys_shared::notification::items::find;
use hersys_shared::shared_items::{Home, OF_ONE_NOTIFICATION, SHARED_ITEMS, at_home, said};

/// The sentences for the items of a notification whose homes say something else, by key.
pub fn differences(content: &Content, identity: &Identity, episode: &Episode) -> HashMap<&'static str, String> {
    SHARED_ITEMS
        .iter()
        .filter(|shared| !OF_ONE_NOTIFICATION.contains(&shared.key))
        .filter_map(|shared| {
            let (item, value) = (find(shared.key)?, at_home(shared, identity, episode));
            let reported = said(&content.values, shared.key);
            let place = match shared.home {
                Home::Identity(_) => "ID管理",
                Home::Episode => "ほかのタブ",
            };
            let sentence = match (reported.is_empty(), value.is_empty()) {
                _ if value == reported => return None,
                (true, _) => format!("{place}では「{}」と入力されています", item.shown(&value)),
                (false, true) => format!("{place}では消されています"),
                (false, false) => format!("{place}では「{}」に変更されています", item.shown(&value)),
            };
            Some((shared.key, sentence))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hersys_shared::notification::Edition;
    use hersys_shared::shared_items::reflect;

    #[test]
    fn ref_06_what_was_changed_elsewhere_is_said_beside_the_item() {
        let values =
            [("name", "山田 太郎"), ("phone", "09012345678"), ("onset_on", "2022-07-30")].into_iter().collect();
        let content = Content { edition: Edition::Full, values };
        let (mut identity, mut episode) = reflect(&content, &Identity::default(), &Episode::default());
        assert!(differences(&content, &identity, &episode).is_empty());
        identity.name = "山本 太郎".into();
        identity.occupation = "会社員".into();
        identity.phone = None;
        episode.0.set("onset_on", "2022-07-29");
        let differences = differences(&content, &identity, &episode);
        assert_eq!(differences["name"], "ID管理では「山本 太郎」に変更されています");
        assert_eq!(differences["occupation"], "ID管理では「会社員」と入力されています");
        assert_eq!(differences["phone"], "ID管理では消されています");
        assert_eq!(differences["onset_on"], "ほかのタブでは「2022年07月29日」に変更されています");
        assert_eq!(differences.len(), 4);
    }
}
