//! SQL of questions about notifications and their answers.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Handle, Tx, sql};
use crate::error::Result;

/// One word of the thread.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Word {
    pub question_id: Uuid,
    /// `question` or `answer`
    pub kind: String,
    pub body: String,
    pub at: Timestamp,
    pub organization: String,
    /// Empty where it came by a token.
    pub account: Option<String>,
}

impl Word {
    pub fn is_question(&self) -> bool {
        self.kind == "question"
    }
}

/// The thread of a notification, the first word first.
pub async fn thread(on: impl Into<Handle<'_>>, case_id: Uuid, notification_id: Uuid) -> Result<Vec<Word>> {
    Ok(sql("select q.question_id, q.kind, q.body, q.at, o.name as organization, a.display_name as account
         from notification_question q
         join organization o on o.organization_id = q.organization_id
         left join account a on a.account_id = q.account_id
         where q.case_id = $1 and q.notification_id = $2 order by q.at, q.question_id")
    .bind(case_id)
    .bind(notification_id)
    .all(on)
    .await?)
}

/// A word to be added.
pub struct NewWord<'a> {
    pub case_id: Uuid,
    pub notification_id: Uuid,
    /// `question` or `answer`
    pub kind: &'static str,
    pub body: &'a str,
    pub account_id: Uuid,
    pub organization_id: Uuid,
}

pub async fn add(tx: &mut Tx, word: &NewWord<'_>, now: Timestamp) -> Result<()> {
    sql("insert into notification_question
            (case_id, notification_id, question_id, kind, body, at, account_id, organization_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(word.case_id)
    .bind(word.notification_id)
    .bind(Uuid::now_v7())
    .bind(word.kind)
    .bind(word.body)
    .bind(now)
    .bind(word.account_id)
    .bind(word.organization_id)
    .run(tx)
    .await?;
    Ok(())
}
