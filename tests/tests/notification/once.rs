//! One report is one notification, and an edit says no more than it changes.

use hersys::db::sql;
use hersys_tests::{World, on_both_databases};
use uuid::Uuid;

use crate::support::{LEAST, begin, case_of, file, press, report};

on_both_databases!(
    two_presses_at_the_same_moment_report_once,
    what_was_confirmed_is_what_is_reported,
    an_edit_leaves_what_it_does_not_change,
);

/// FORM-21: two clerks at the same draft, both press 【報告】.
async fn two_presses_at_the_same_moment_report_once(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let mut other = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    press(&mut clerk, &draft, "continue", LEAST).await.expect(303);
    let address = format!("{draft}/report");
    let (one, two) = tokio::join!(clerk.post_form(&address, &[]), other.post_form(&address, &[]));
    let (one, two) = (one.expect(303), two.expect(303));
    assert_eq!(case_of(one.location()), case_of(two.location()));
    for table in ["notification", "notification_history", "cases", "notification_inbox"] {
        let rows: i64 = sql(&format!("select count(*) from {table} where case_id = $1"))
            .bind(Uuid::parse_str(case_of(one.location())).expect("an id"))
            .scalar(&world.app.db)
            .await
            .expect("a count");
        assert_eq!(rows, 1, "{table}");
    }
}

/// FORM-18: whoever typed after the confirmation page was shown, it is shown again.
async fn what_was_confirmed_is_what_is_reported(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    press(&mut clerk, &draft, "continue", LEAST).await.expect(303);
    let confirm = clerk.get(&format!("{draft}/confirm")).await.expect(200);
    let seen = |page: &str| page.split_once(r#"name="seen" value=""#).expect("a mark").1[..24].to_owned();
    let before = seen(&confirm.body);
    press(&mut clerk, &draft, "save", &[("occupation", "教員")]).await.expect(200);
    let again = clerk.post_form(&format!("{draft}/report"), &[("seen", &before)]).await.expect(303);
    assert_eq!(again.location(), format!("{draft}/confirm"));
    let confirm = clerk.get(again.location()).await.expect(200);
    let done = clerk.post_form(&format!("{draft}/report"), &[("seen", &seen(&confirm.body))]).await.expect(303);
    assert!(done.location().ends_with("/reported"), "{}", done.location());
}

/// C-02, REF-06: a word added to an older notification readdresses nobody and takes nothing back.
async fn an_edit_leaves_what_it_does_not_change(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let first = file(&mut center, LEAST, false).await;
    let case_id = Uuid::parse_str(case_of(&first)).expect("an id");
    let again = format!("/staff/cases/{case_id}/notifications/new");
    let draft = center.post_form(&again, &[]).await.expect(303).location().to_owned();
    let elsewhere = world.fixtures.other_center.organization_id.to_string();
    let moved = [("receiving_center", elsewhere.as_str()), ("occupation", "教員")];
    press(&mut center, &draft, "continue", &[LEAST, &moved].concat()).await.expect(303);
    report(&mut center, &draft, false).await;
    let edit = center.post_form(&format!("{first}/edit"), &[]).await.expect(303).location().to_owned();
    press(&mut center, &edit, "continue", &[("remarks", "電話で確認済み")]).await.expect(303);
    center.post_form(&format!("{edit}/report"), &[]).await.expect(303);
    let receiving: Uuid = sql("select receiving_center_id from cases where case_id = $1")
        .bind(case_id)
        .scalar(&world.app.db)
        .await
        .expect("a centre");
    assert_eq!(receiving, world.fixtures.other_center.organization_id);
    center.get(&format!("/staff/cases/{case_id}/identity")).await.expect(200).shows("教員");
}
