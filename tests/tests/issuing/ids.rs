//! IDs: issued down the line, reset, suspended, ended (IDM-01…IDM-05, C-21, C-23).

use hersys_tests::fixtures::Office;
use hersys_tests::{World, on_both_databases};

use crate::support::{OWN_PASSWORD, account_id, audited, counts, first_sign_in, handouts, hidden, issue, knock};

on_both_databases!(
    from_the_ministry_down_to_a_clinic,
    nobody_gives_more_than_they_have,
    a_colleague_without_the_right_issues_nothing,
    several_ids_belong_to_one_organization,
    a_suspended_id_is_out_at_once_and_back_when_resumed,
    an_ended_id_stays_ended_and_is_never_given_again,
    a_reset_password_is_shown_once_and_ends_sessions,
    a_lost_telephone_is_forgotten_with_the_reset,
);

fn of(office: &Office) -> String {
    format!("/staff/admin/organizations/{}", office.organization_id)
}

/// IDM-01, IDM-02, IDM-03: ministry → head office → centre → clinic, each by the page.
async fn from_the_ministry_down_to_a_clinic(world: World) {
    let offices = &world.fixtures;
    let mut ministry = world.visitor().as_staff(&world, &offices.ministry).await;
    let (id, password) = issue(&mut ministry, offices.far_head_office.organization_id, "本庁 担当").await;
    let mut office = first_sign_in(&world, &id, &password, "09011110001").await;
    let (id, password) = issue(&mut office, offices.far_center.organization_id, "保健所 担当").await;
    let mut center = first_sign_in(&world, &id, &password, "09011110002").await;
    let made = center
        .post_form(
            "/staff/admin/organizations",
            &[("kind", "medical_institution"), ("code", "4701"), ("name", "うみ医院")],
        )
        .await;
    let clinic_id = made.location().split(['/', '?']).nth(4).unwrap().parse().unwrap();
    let (id, password) = issue(&mut center, clinic_id, "").await;
    assert_eq!(id, "mi-4701-01@hersys.example");
    let mut clinic = first_sign_in(&world, &id, &password, "09011110003").await;
    clinic.get("/staff/").await.expect(200).shows("うみ医院").shows("担当者").hides("/staff/admin");
    let told = audited(&world, "account.issue").await;
    assert_eq!(told.iter().map(|detail| detail["issuer"].as_bool().unwrap()).collect::<Vec<_>>(), [true, true, false]);
}

/// IDM-02, IDM-05, C-23: every pair of offices, by the page and by what is sent.
async fn nobody_gives_more_than_they_have(world: World) {
    let it = &world.fixtures;
    let all = [
        &it.ministry,
        &it.head_office,
        &it.center,
        &it.other_center,
        &it.clinic,
        &it.other_clinic,
        &it.follow_up,
        &it.accommodation,
        &it.information_center,
        &it.far_head_office,
        &it.far_center,
    ];
    let allowed: [(&Office, Vec<&Office>); 3] = [
        (
            &it.ministry,
            vec![&it.ministry, &it.head_office, &it.far_head_office, &it.center, &it.other_center, &it.far_center],
        ),
        (&it.head_office, vec![&it.head_office, &it.center, &it.other_center, &it.information_center]),
        (&it.center, vec![&it.center, &it.clinic, &it.follow_up, &it.accommodation]),
    ];
    let before = counts(&world).await;
    for (issuer, targets) in allowed {
        let mut visitor = world.visitor().as_staff(&world, issuer).await;
        for target in all {
            let may = targets.iter().any(|allowed| allowed.organization_id == target.organization_id);
            let page = visitor.get(&format!("{}/accounts/new", of(target))).await;
            assert_eq!(page.status.as_u16() == 200, may, "{} for {}: {}", issuer.name, target.name, page.status);
            if !may {
                let issuing_id = uuid::Uuid::now_v7().to_string();
                let sent = [
                    ("issuing_id", issuing_id.as_str()),
                    ("display_name", "x"),
                    ("sign_in_id", "x@hersys.example"),
                    ("is_issuer", "true"),
                ];
                let answer = visitor.post_form(&format!("{}/accounts", of(target)), &sent).await;
                assert!(matches!(answer.status.as_u16(), 403 | 404), "{} for {}", issuer.name, target.name);
                for action in ["password", "suspension", "resumption", "end"] {
                    let path = format!("/staff/admin/accounts/{}/{action}", target.account_id);
                    let answer = visitor.post_form(&path, &[("issuing_id", &issuing_id)]).await;
                    assert!(
                        matches!(answer.status.as_u16(), 403 | 404),
                        "{action} by {} of {}",
                        issuer.name,
                        target.name
                    );
                }
            }
        }
        // Nobody acts on the ID that they sit on, nor on a fellow issuer.
        visitor.post_form(&format!("/staff/admin/accounts/{}/end", issuer.account_id), &[]).await.expect(403);
    }
    assert_eq!(counts(&world).await, before);
}

/// §2.2 ID発行: only 利用者認証実施者.
async fn a_colleague_without_the_right_issues_nothing(world: World) {
    let offices = &world.fixtures;
    let mut issuer = world.visitor().as_staff(&world, &offices.center).await;
    let (id, password) = issue(&mut issuer, offices.center.organization_id, "感染症係").await;
    let mut colleague = first_sign_in(&world, &id, &password, "09011110001").await;
    colleague.get("/staff/").await.expect(200).shows("感染症係").hides("/staff/admin");
    colleague.get("/staff/admin/organizations").await.expect(403);
    colleague.get(&format!("{}/accounts/new", of(&offices.clinic))).await.expect(403);
    colleague
        .post_form(&format!("/staff/admin/accounts/{}/suspension", offices.clinic.account_id), &[])
        .await
        .expect(403);
}

/// C-21, C-01: several accounts for one organisation; the audit tells them apart.
async fn several_ids_belong_to_one_organization(world: World) {
    let clinic = &world.fixtures.clinic;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let (one, first) = issue(&mut center, clinic.organization_id, "外来").await;
    let (two, second) = issue(&mut center, clinic.organization_id, "病棟").await;
    assert_ne!((&one, &first), (&two, &second));
    center
        .get(&of(clinic))
        .await
        .expect(200)
        .shows(&one)
        .shows(&two)
        .shows("初期パスワードのまま")
        .shows("サインインID");
    let mut ward = first_sign_in(&world, &two, &second, "09011110001").await;
    ward.get("/staff/").await.expect(200).shows("さくら診療所").shows("病棟");

    let path = format!("{}/accounts", of(clinic));
    let capitals = one.to_uppercase();
    let sent = |id| [("issuing_id", "018f0000-0000-7000-8000-000000000001"), ("display_name", "x"), ("sign_in_id", id)];
    center.post_form(&path, &sent(&capitals)).await.expect(422).shows("すでに使われています");
    center.post_form(&path, &sent("no-mail")).await.expect(422).shows("error-sign_in_id");
    center.post_form(&path, &[("issuing_id", "x")]).await.expect(422);
}

/// IDM-03: suspension takes sessions and sign-ins away at once.
async fn a_suspended_id_is_out_at_once_and_back_when_resumed(world: World) {
    let clinic = &world.fixtures.clinic;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let mut working = world.visitor().as_staff(&world, clinic).await;
    let path = format!("/staff/admin/accounts/{}", clinic.account_id);
    let done = center.post_form(&format!("{path}/suspension"), &[]).await;
    center.get(done.location()).await.expect(200).shows("停止中").shows("停止を解除");
    assert!(working.get("/staff/cases").await.location().starts_with("/staff/sign-in"));
    knock(&mut world.visitor(), &clinic.sign_in_id, hersys_tests::fixtures::PASSWORD).await.expect(422);
    center.post_form(&format!("{path}/resumption"), &[]).await;
    assert!(working.get("/staff/cases").await.location().starts_with("/staff/sign-in"), "old sessions stay ended");
    world.visitor().as_staff(&world, clinic).await.get("/staff/cases").await.expect(200);
    assert_eq!(audited(&world, "account.suspend").await.len() + audited(&world, "account.resume").await.len(), 2);
}

async fn an_ended_id_stays_ended_and_is_never_given_again(world: World) {
    let clinic = &world.fixtures.clinic;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let mut working = world.visitor().as_staff(&world, clinic).await;
    let path = format!("/staff/admin/accounts/{}", clinic.account_id);
    center.post_form(&format!("{path}/end"), &[]).await;
    assert!(working.get("/staff/cases").await.location().starts_with("/staff/sign-in"));
    center.get(&path).await.expect(200).shows("終了").hides("停止を解除").hides("パスワードを再発行");
    for action in ["resumption", "suspension", "end", "password"] {
        center
            .post_form(&format!("{path}/{action}"), &[("issuing_id", "018f0000-0000-7000-8000-000000000001")])
            .await
            .expect(422)
            .shows("終了したID");
    }
    knock(&mut world.visitor(), &clinic.sign_in_id, hersys_tests::fixtures::PASSWORD).await.expect(422);
    let sent = [
        ("issuing_id", "018f0000-0000-7000-8000-000000000002"),
        ("display_name", "x"),
        ("sign_in_id", &clinic.sign_in_id),
    ];
    center.post_form(&format!("{}/accounts", of(clinic)), &sent).await.expect(422).shows("すでに使われています");
}

/// AUTH-05, AUTH-14: a new initial password, which must be changed.
async fn a_reset_password_is_shown_once_and_ends_sessions(world: World) {
    let clinic = &world.fixtures.clinic;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let mut working = world.visitor().as_staff(&world, clinic).await;
    let path = format!("/staff/admin/accounts/{}", clinic.account_id);
    let page = center.get(&path).await.expect(200);
    let issuing_id = hidden(&page.body, "issuing_id").unwrap();
    let page = center.post_form(&format!("{path}/password"), &[("issuing_id", &issuing_id)]).await.expect(200);
    let (sign_in_id, password) = handouts(&page.body).remove(0);
    assert_eq!(sign_in_id, clinic.sign_in_id);
    center.post_form(&format!("{path}/password"), &[("issuing_id", &issuing_id)]).await.expect(409).hides(&password);
    assert!(working.get("/staff/cases").await.location().starts_with("/staff/sign-in"));
    knock(&mut world.visitor(), &sign_in_id, hersys_tests::fixtures::PASSWORD).await.expect(422);

    let mut visitor = world.visitor();
    knock(&mut visitor, &sign_in_id, &password).await;
    let code = hersys_tests::world::six_digits(&world.newest_sms(&clinic.phone).await);
    assert_eq!(
        visitor.post_form("/staff/sign-in/code", &[("code", &code)]).await.location(),
        "/staff/sign-in/new-password"
    );
    let changed = [
        ("current_password", password.as_str()),
        ("new_password", OWN_PASSWORD),
        ("new_password_repeated", OWN_PASSWORD),
    ];
    assert_eq!(visitor.post_form("/staff/sign-in/new-password", &changed).await.location(), "/staff/");
    let told = audited(&world, "account.reset_password").await;
    assert!(told.len() == 1 && !told[0].to_string().contains(&password));
}

/// AUTH-25: whoever lost the telephone begins anew with the hand-out.
async fn a_lost_telephone_is_forgotten_with_the_reset(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let (id, password) = issue(&mut center, world.fixtures.clinic.organization_id, "受付").await;
    first_sign_in(&world, &id, &password, "09011110001").await;
    let path = format!("/staff/admin/accounts/{}", account_id(&world, &id).await);
    let issuing_id = hidden(&center.get(&path).await.body, "issuing_id").unwrap();
    let page = center
        .post_form(&format!("{path}/password"), &[("issuing_id", &issuing_id), ("forget_factors", "on")])
        .await
        .expect(200);
    let (_, password) = handouts(&page.body).remove(0);
    let mut visitor = world.visitor();
    assert_eq!(knock(&mut visitor, &id, &password).await.location(), "/staff/sign-in/registration");
}
