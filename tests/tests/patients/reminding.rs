//! A request to report on its whole way to a browser: planned, due, encrypted, shown, and told to staff (NTF-04).

use hersys::db::sql;
use hersys::monitoring::reminders::{plan, send};
use hersys::monitoring::watch;
use hersys_tests::{World, on_both_databases};
use time::Duration;
use time::macros::date;

use crate::push_service::{Browser, PushService, verified};
use crate::support::{process, taro};

on_both_databases!(ntf_04_a_request_comes_by_web_push_and_staff_see_how_it_went);

async fn ntf_04_a_request_comes_by_web_push_and_staff_see_how_it_went(world: World) {
    let service = PushService::start().await;
    let app = process(&world, |settings| settings.push_hosts = Some(service.origin())).await;
    app.live.end();
    let household = taro(&world).await;
    sql("update cases set observed_from = $2, observed_until = $3 where case_id = $1")
        .bind(household.case_id)
        .bind(date!(2022 - 07 - 30))
        .bind(date!(2022 - 08 - 09))
        .run(&app.db)
        .await
        .unwrap();
    let browser = Browser::subscribed_at(&service, "phone");
    let mut phone = household.visitor.at(&app);
    phone.post_json("/api/patient/push", &browser.json()).await.expect(204);
    // 7:59 of the next day
    app.clock.advance(Duration::hours(23) - Duration::minutes(1));
    assert_eq!(plan::all(&app.db, app.clock.now()).await.unwrap(), 1);
    assert_eq!(send::all(&app).await.unwrap(), 0);
    app.clock.advance(Duration::minutes(1));
    assert_eq!(send::all(&app).await.unwrap(), 1);
    assert_eq!(send::all(&app).await.unwrap(), 0, "once");

    let [pushed] = &service.arrived()[..] else { panic!("one request") };
    verified(pushed.headers["authorization"].to_str().unwrap(), app.pusher.public_key().unwrap());
    // Twelve hours: at eight in the evening there is no point in it any more.
    assert_eq!(pushed.headers["ttl"], "43200");
    let shown = browser.decrypt(&pushed.body);
    assert_eq!(shown["title"], "本日の健康状態の入力のお願い");
    assert_eq!(shown["url"], "https://her-sys.example.jp/");
    assert!(!shown.to_string().contains("山田"), "{shown}");
    let page = format!("/staff/cases/{}/reminders", household.case_id);
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    nurse.get(&page).await.expect(200).shows("プッシュ通知").shows("8:00に送りました");

    // The browser is gone before the second one. That says nothing of a number or an address.
    service.answer(410, None);
    app.clock.advance(Duration::hours(3));
    assert_eq!(send::all(&app).await.unwrap(), 0);
    watch::judge_waiting(&app.db, &app.texts, app.clock.now()).await.unwrap();
    app.clock.advance(Duration::minutes(61));
    watch::judge_waiting(&app.db, &app.texts, app.clock.now()).await.unwrap();
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    nurse
        .get(&page)
        .await
        .expect(200)
        .shows("端末がプッシュ通知を受け取らなくなっている")
        .hides("番号・アドレスが違います");
    nurse.get("/staff/board?queue=silent").await.expect(200).shows("山田 太郎").hides("番号を確かめてください");
}
