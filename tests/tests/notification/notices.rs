//! Who is told of a notification, and in which words (NTF-01, NTF-02, NTF-09, C-10, FORM-19, FORM-23, FORM-33).

use hersys::db::sql;
use hersys_tests::{World, on_both_databases};

use crate::support::{LEAST, begin, case_of, file, press, report};

on_both_databases!(
    the_center_is_told_and_the_mail_names_nobody,
    the_patient_gets_the_link_where_the_center_agreed,
    without_a_mobile_number_the_link_goes_by_mail,
    no_way_leads_an_institution_to_the_notice_of_a_clinical_diagnosis,
    the_dead_are_not_asked_how_they_are,
);

async fn set(world: &World, text: &str) {
    sql(text).bind(world.fixtures.center.organization_id).run(&world.app.db).await.expect("a change");
}

/// NTF-01, FORM-19, FORM-23: mail by default, none where the writer unchecked it; the top page tells in any case.
async fn the_center_is_told_and_the_mail_names_nobody(world: World) {
    set(&world, "update organization set mail = 'center@hersys.example' where organization_id = $1").await;
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let at = file(&mut clerk, LEAST, true).await;
    let mail = world.next_mail().await;
    assert!(mail.text.contains("発生届が提出されました。"), "{}", mail.text);
    for secret in ["小林", "コバヤシ", "陽性", case_of(&at)] {
        assert!(!mail.text.contains(secret) && !mail.subject.contains(secret), "{secret}");
    }
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    center.get("/staff/").await.expect(200).shows("発生届が提出されました。");
    file(&mut clerk, &[LEAST, &[("name", "森 一")]].concat(), false).await;
    let mails: i64 =
        sql("select count(*) from message where channel = 'mail'").scalar(&world.app.db).await.expect("a count");
    assert_eq!(mails, 1);
}

async fn messages_to(world: &World, recipient: &str) -> i64 {
    sql("select count(*) from message where recipient = $1")
        .bind(recipient)
        .scalar(&world.app.db)
        .await
        .expect("a count")
}

/// NTF-02, NTF-09, FORM-33: する sends the SMS only where the centre agreed, and never for みなし陽性.
async fn the_patient_gets_the_link_where_the_center_agreed(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let wanted = |phone: &'static str| [LEAST, &[("phone", phone), ("url_notice", "yes")]].concat();
    file(&mut clerk, &wanted("09000001111"), false).await;
    assert_eq!(messages_to(&world, "09000001111").await, 0);
    set(&world, "update organization set institutions_may_notify = true where organization_id = $1").await;
    file(&mut clerk, &wanted("09000002222"), false).await;
    assert_eq!(messages_to(&world, "09000002222").await, 1);
    let clinical = [
        ("diagnosis_type", "suspected"),
        ("test1_method", "other"),
        ("test1_specimen", "other"),
        ("test1_collected_on", "2022-08-01"),
        ("test1_result", "other"),
        ("remarks", "臨床診断"),
    ];
    let at = file(&mut clerk, &[wanted("09000003333").as_slice(), &clinical].concat(), false).await;
    assert_eq!(messages_to(&world, "09000003333").await, 0);
    clerk.get(&at).await.expect(200).shows("みなし陽性");
    // The centre may, for whomever.
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    file(&mut center, &[wanted("09000004444").as_slice(), &clinical].concat(), false).await;
    assert_eq!(messages_to(&world, "09000004444").await, 1);
}

/// FORM-33, NTF-09: neither by a pattern that is short of its remark, nor by the button of ID管理; and what is not sent
/// is not said to be.
async fn no_way_leads_an_institution_to_the_notice_of_a_clinical_diagnosis(world: World) {
    set(&world, "update organization set institutions_may_notify = true where organization_id = $1").await;
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let short = [
        ("diagnosis_type", "suspected"),
        ("test1_method", "other"),
        ("test1_result", "other"),
        ("phone", "09000005555"),
        ("url_notice", "yes"),
    ];
    let draft = begin(&mut clerk).await;
    let asked = press(&mut clerk, &draft, "confirm", &[LEAST, &short].concat()).await.expect(422);
    asked.shows("自由記述欄に「臨床診断」と書いてください");
    press(&mut clerk, &draft, "continue", &[]).await.expect(303);
    clerk.get(&format!("{draft}/confirm")).await.expect(200).shows("医療機関からは通知されません");
    let at = report(&mut clerk, &draft, false).await;
    let said: serde_json::Value = sql("select content from notification").scalar(&world.app.db).await.expect("one");
    assert_eq!(said["values"]["url_notice"], "no");
    let invitation = format!("/staff/cases/{}/invitation", case_of(&at));
    let refused = clerk.get(&invitation).await.expect(303).location().to_owned();
    clerk.get(&refused).await.expect(200).shows("医療機関からSMSを送れません");
    clerk.post_form(&invitation, &[]).await.expect(303);
    assert_eq!(messages_to(&world, "09000005555").await, 0);
    // A test is named: the result is waited for, and the institution may tell.
    let edit = clerk.post_form(&format!("{at}/edit"), &[]).await.expect(303).location().to_owned();
    press(&mut clerk, &edit, "continue", &[("test1_method", "pcr")]).await.expect(303);
    clerk.post_form(&format!("{edit}/report"), &[]).await.expect(303);
    clerk.post_form(&invitation, &[]).await.expect(303);
    assert_eq!(messages_to(&world, "09000005555").await, 1);
    // The centre always may.
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let at = file(&mut clerk, &[LEAST, &short[..3], &[("phone", "09000006666")]].concat(), false).await;
    center.post_form(&format!("/staff/cases/{}/invitation", case_of(&at)), &[]).await.expect(303);
    assert_eq!(messages_to(&world, "09000006666").await, 1);
}

/// NTF-02, C-06: whoever files, and by whatever button.
async fn the_dead_are_not_asked_how_they_are(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let dead = [("diagnosis_type", "died"), ("died_on", "2022-07-31"), ("phone", "09000007777"), ("url_notice", "yes")];
    let at = file(&mut center, &[LEAST, &dead].concat(), false).await;
    let invitation = format!("/staff/cases/{}/invitation", case_of(&at));
    let refused = center.post_form(&invitation, &[]).await.expect(303).location().to_owned();
    let page = center.get(&refused).await.expect(200).shows("亡くなった方には");
    page.shows("死亡").hides("健康観察中");
    assert_eq!(messages_to(&world, "09000007777").await, 0);
    let said: serde_json::Value = sql("select content from notification").scalar(&world.app.db).await.expect("one");
    assert_eq!(said["values"]["url_notice"], "no");
}

/// C-10: mail where there is no mobile number but an address.
async fn without_a_mobile_number_the_link_goes_by_mail(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let landline = [LEAST, &[("phone", "0312345678"), ("url_notice", "yes")]].concat();
    let at = file(&mut center, &landline, false).await;
    let edit = format!("/staff/cases/{}/identity/edit", case_of(&at));
    let fields = [
        ("version", "1"),
        ("kind", "patient"),
        ("name", "小林 実"),
        ("phone", "0312345678"),
        ("mail", "minoru@example.jp"),
    ];
    center.post_form(&edit, &fields).await.expect(303);
    center.post_form(&format!("/staff/cases/{}/invitation", case_of(&at)), &[]).await.expect(303);
    let mail = world.next_mail().await;
    assert_eq!(mail.to, "minoru@example.jp");
    assert!(mail.text.contains("/r/") && !mail.text.contains("小林"));
}
