//! What a top page tells of sharing, hand-over, follow-up (SHR-05, NTF-07) and notifications (NTF-01).

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    Shared,
    Unshared,
    Offered,
    Accepted,
    Returned,
    Withdrawn,
    Linked,
    Unlinked,
    /// The same of many people at once.
    LinkedTogether,
    UnlinkedTogether,
    /// 返却: a follow-up organisation or facility gives somebody back.
    HandedBack,
    /// 照会 about a notification, and the answer.
    Asked,
    Answered,
    /// A notification was reported, changed, deleted (NTF-01).
    Notified,
    NotificationChanged,
    NotificationDeleted,
    /// A person stopped the requests to report, and wants them again.
    RemindersStopped,
    RemindersResumed,
}

impl News {
    pub const ALL: [Self; 18] = [
        Self::Shared,
        Self::Unshared,
        Self::Offered,
        Self::Accepted,
        Self::Returned,
        Self::Withdrawn,
        Self::Linked,
        Self::Unlinked,
        Self::LinkedTogether,
        Self::UnlinkedTogether,
        Self::HandedBack,
        Self::Asked,
        Self::Answered,
        Self::Notified,
        Self::NotificationChanged,
        Self::NotificationDeleted,
        Self::RemindersStopped,
        Self::RemindersResumed,
    ];

    /// The kind of the event on the top page.
    pub fn code(self) -> &'static str {
        match self {
            Self::Shared => "case_shared",
            Self::Unshared => "case_unshared",
            Self::Offered => "transfer_offered",
            Self::Accepted => "transfer_accepted",
            Self::Returned => "transfer_returned",
            Self::Withdrawn => "transfer_withdrawn",
            Self::Linked => "case_linked",
            Self::Unlinked => "case_unlinked",
            Self::LinkedTogether => "cases_linked",
            Self::UnlinkedTogether => "cases_unlinked",
            Self::HandedBack => "case_handed_back",
            Self::Notified => "notification_filed",
            Self::NotificationChanged => "notification_changed",
            Self::NotificationDeleted => "notification_deleted",
            Self::RemindersStopped => "reminders_stopped",
            Self::RemindersResumed => "reminders_resumed",
            Self::Asked => "notification_asked",
            Self::Answered => "notification_answered",
        }
    }

    /// What the top page says, by the kind of the event.
    pub fn sentence_of(code: &str) -> Option<&'static str> {
        Self::ALL.into_iter().find(|news| news.code() == code).map(Self::sentence)
    }

    pub fn sentence(self) -> &'static str {
        match self {
            Self::Shared => "関係保健所に設定され、登録情報が共有されました。",
            Self::Unshared => "登録情報の共有が終わりました。",
            Self::Offered => "担当保健所の引継ぎの依頼が届きました。",
            Self::Accepted => "依頼した引継ぎが受け入れられました。",
            Self::Returned => "依頼した引継ぎが差し戻されました。",
            Self::Withdrawn => "届いていた引継ぎの依頼が取り下げられました。",
            Self::Linked => "健康観察を行う方が紐づけられました。",
            Self::Unlinked => "健康観察を行う方の紐づけが解除されました。",
            Self::LinkedTogether => "健康観察を行う方が、まとめて紐づけられました。",
            Self::UnlinkedTogether => "健康観察を行う方の紐づけが、まとめて解除されました。",
            Self::HandedBack => "紐づけた機関から、健康観察を行う方が返却されました。理由は健康観察一覧にあります。",
            Self::Notified => "発生届が提出されました。",
            Self::NotificationChanged => "提出された発生届が変更されました。",
            Self::NotificationDeleted => "提出された発生届が削除されました。",
            Self::RemindersStopped => "ご本人が、健康状態の入力のお願いを止めました。",
            Self::RemindersResumed => "ご本人が、健康状態の入力のお願いを再開しました。",
            Self::Asked => "報告した発生届について、保健所から照会がありました。発生届の画面で回答してください。",
            Self::Answered => "発生届の照会に、医療機関が回答しました。",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_its_sentence() {
        for news in News::ALL {
            assert_eq!(News::sentence_of(news.code()), Some(news.sentence()));
        }
        assert_eq!(News::sentence_of("id_guessing"), None);
    }
}
