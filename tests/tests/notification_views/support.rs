//! A person with a notification, and what the pages say.

use hersys_shared::notification::{Content, Edition};
use hersys_tests::World;
use hersys_tests::fixtures::Somebody;
use hersys_tests::notifications::{file, usual};
use uuid::Uuid;

/// 山田 太郎, whom the clinic notified to its centre.
pub struct Notified {
    pub case_id: Uuid,
    pub notification_id: Uuid,
    pub content: Content,
}

impl Notified {
    pub async fn new(world: &World, edition: Edition) -> Self {
        Self::with(world, usual(edition, &world.fixtures.center)).await
    }

    pub async fn with(world: &World, content: Content) -> Self {
        let offices = &world.fixtures;
        let person = Somebody::patient("山田 太郎", "ヤマダ タロウ");
        let case_id = person.enter(&world.app, &offices.center, &offices.clinic).await.case_id;
        let notification_id = file(&world.app, case_id, &offices.clinic, &content).await;
        Self { case_id, notification_id, content }
    }

    /// The tab.
    pub fn tab(&self) -> String {
        format!("/staff/cases/{}/notifications", self.case_id)
    }

    /// The page of the notification.
    pub fn own(&self) -> String {
        format!("{}/{}", self.tab(), self.notification_id)
    }

    pub fn story(&self) -> String {
        format!("/staff/cases/{}/story", self.case_id)
    }
}

/// The words of a page without tags and white space.
pub fn words(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, words)| words));
    }
    text.split_whitespace().collect()
}
