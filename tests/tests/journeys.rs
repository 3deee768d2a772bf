//! Journeys through the real pages in a real browser. The stories stand in `e2e/journeys/`.

use hersys_tests::database;
use hersys_tests::stage::Stage;

macro_rules! journeys {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::Stage::open(super::database::sqlite()).await.play(stringify!($name)).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::Stage::open(super::database::postgres().await).await.play(stringify!($name)).await;
            })*
        }
    };
}

journeys!(
    family_reports,
    patient_contact,
    typing_helps,
    mistakes,
    sent_twice,
    keyboard_only,
    audit_trail,
    board,
    rules,
    follow_up_many,
    person_page,
    release,
    silent_person,
    hand_over,
    follow_up,
    first_sign_in_sms,
    first_sign_in_call,
    passkey,
    password_expired,
    issue_in_bulk,
    notification_plain,
    notification_keyboard,
    notification_care,
    notification_types,
    notification_papers,
    notification_layouts,
    inbox,
    import_notifications
);
