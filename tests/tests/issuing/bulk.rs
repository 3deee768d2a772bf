//! Organisations and IDs by CSV (IDM-11, IDM-03, IDM-04).

use hersys_tests::{World, on_both_databases};

use crate::support::{IDS, ORGANIZATIONS, account_id, audited, confirm, counts, first_sign_in, handouts, preview};

on_both_databases!(
    a_centers_clinics_get_their_ids_in_bulk_and_sign_in,
    every_mistake_is_shown_with_its_line_and_nothing_is_stored,
    nothing_is_imported_by_halves,
    the_same_file_again_changes_nothing,
    the_handout_is_shown_only_once,
    spreadsheets_of_any_encoding_are_read,
    a_file_reaches_no_further_than_its_sender,
);

const CLINICS: &str = "種別,コード,名称,電話番号,外来,利用者名\r\n\
    医療機関,1101,さくら医院,048-000-0001,1,\r\n\
    医療機関,1102,\"もも, 内科\",048-000-0002,1,外来\r\n\
    宿泊療養施設,st-1,ホテルみどり,,,\r\n";

/// IDM-03, IDM-04, IDM-11, FUP-01, AUTH-05, AUTH-06, AUTH-14: from one file to a clinic at work.
async fn a_centers_clinics_get_their_ids_in_bulk_and_sign_in(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let seen = preview(&mut center, ORGANIZATIONS, CLINICS.as_bytes())
        .await
        .expect(200)
        .shows("もも, 内科")
        .shows("新しく登録 3件");
    let before = counts(&world).await;
    confirm(&mut center, ORGANIZATIONS, &seen).await.expect(200).shows("3件登録しました");
    assert_eq!(counts(&world).await, (before.0 + 3, before.1));
    assert_eq!(audited(&world, "organization.create").await.len(), 3);

    // The same file goes on to the IDs.
    let seen = preview(&mut center, IDS, CLINICS.as_bytes())
        .await
        .expect(200)
        .shows("mi-1102-01@hersys.example")
        .shows("発行 3件");
    let page =
        confirm(&mut center, IDS, &seen).await.expect(200).shows("http://127.0.0.1:8080/staff/").shows("もも, 内科");
    assert_eq!(page.headers["cache-control"], "no-store");
    let issued = handouts(&page.body);
    assert_eq!(
        issued.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(),
        ["mi-1101-01@hersys.example", "mi-1102-01@hersys.example", "ac-st-1-01@hersys.example"]
    );
    let told = audited(&world, "account.issue").await;
    assert_eq!(told.len(), 3);
    assert!(
        issued.iter().all(|(_, password)| !told.iter().any(|detail| detail.to_string().contains(password.as_str())))
    );

    let (sign_in_id, password) = &issued[1];
    let mut clinic = first_sign_in(&world, sign_in_id, password, "09011112222").await;
    clinic.get("/staff/").await.expect(200).shows("もも, 内科").shows("外来").hides("/staff/admin/");
    clinic.get("/staff/cases/new").await.expect(303);
    clinic.get("/staff/admin/organizations").await.expect(403);
}

/// IDM-11: a preview that shows every error with its line.
async fn every_mistake_is_shown_with_its_line_and_nothing_is_stored(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let before = counts(&world).await;
    let wrong = "種別,コード,名称,電話番号\n医療機関,1101,さくら医院,12\n\n薬局,2,みどり薬局,\n医療機関,１１０１,同じコード,\n保健所,3,よその保健所,048-000-0003\n";
    let page = preview(&mut center, ORGANIZATIONS, wrong.as_bytes()).await.expect(422).shows("3件あります");
    for line in ["2行目", "4行目", "6行目"] {
        assert!(page.body.contains(line), "{line}");
    }
    preview(&mut center, ORGANIZATIONS, "種別,コード,名称\n医療機関,1,あ\n医療機関,1,い\n".as_bytes())
        .await
        .expect(422)
        .shows("3行目")
        .shows("2行目と同じ");
    for (file, said) in [
        (&b""[..], "中身のないファイル"),
        ("種別,コード\n".as_bytes(), "「名称」がありません"),
        (b"\xff\xfea\0", "UTF-16"),
        (b"PK\x03\x04\x00\x00", "CSVではない"),
    ] {
        preview(&mut center, ORGANIZATIONS, file).await.expect(422).shows(said);
    }
    let large = vec![b'a'; 3 * 1024 * 1024];
    preview(&mut center, ORGANIZATIONS, &large).await.expect(422).shows("大きすぎます");
    crate::support::send_parts(&mut center, &format!("{ORGANIZATIONS}/preview"), &[("file", Some(""), b"")])
        .await
        .expect(422)
        .shows("選ばれていません");

    let wrong_ids =
        "種別,コード,サインインID\n医療機関,9999,\n医療機関,staff5@hersys.example,\n保健所,あ,x@hersys.example\n";
    preview(&mut center, IDS, wrong_ids.as_bytes()).await.expect(422).shows("2行目").shows("3行目").shows("4行目");
    assert_eq!(counts(&world).await, before);
}

/// IDM-11: between preview and deed somebody else takes a code, or a sign-in ID.
async fn nothing_is_imported_by_halves(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let seen = preview(&mut center, ORGANIZATIONS, CLINICS.as_bytes()).await.expect(200);
    let mut other = world.visitor().as_staff(&world, &world.fixtures.other_center).await;
    let one = "種別,コード,名称\n医療機関,1102,わかば医院\n";
    let theirs = preview(&mut other, ORGANIZATIONS, one.as_bytes()).await.expect(200);
    confirm(&mut other, ORGANIZATIONS, &theirs).await.expect(200);
    let before = counts(&world).await;
    confirm(&mut center, ORGANIZATIONS, &seen).await.expect(422).shows("3行目").shows("管轄の外").hides("わかば医院");
    assert_eq!(counts(&world).await, before);

    let two = "種別,コード,名称\n医療機関,1103,みかん医院\n医療機関,1104,りんご医院\n";
    let seen = preview(&mut center, ORGANIZATIONS, two.as_bytes()).await.expect(200);
    confirm(&mut center, ORGANIZATIONS, &seen).await.expect(200);
    let ids = preview(
        &mut center,
        IDS,
        "種別,コード,サインインID\n医療機関,1103,\n医療機関,1104,ringo@hersys.example\n".as_bytes(),
    )
    .await
    .expect(200);
    let theirs = preview(&mut other, IDS, "種別,コード,サインインID\n医療機関,1102,ringo@hersys.example\n".as_bytes())
        .await
        .expect(200);
    confirm(&mut other, IDS, &theirs).await.expect(200);
    let before = counts(&world).await;
    confirm(&mut center, IDS, &ids).await.expect(422).shows("3行目").shows("すでに使われています");
    assert_eq!(counts(&world).await, before);
}

/// IDM-11: repeats harmlessly, by kind and code.
async fn the_same_file_again_changes_nothing(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    for path in [ORGANIZATIONS, IDS] {
        let seen = preview(&mut center, path, CLINICS.as_bytes()).await.expect(200);
        confirm(&mut center, path, &seen).await.expect(200);
    }
    let before = counts(&world).await;
    let changed = CLINICS.replace("さくら医院", "さくら診療所");
    let seen = preview(&mut center, ORGANIZATIONS, changed.as_bytes())
        .await
        .expect(200)
        .shows("新しく登録 0件")
        .shows("名称が違います");
    confirm(&mut center, ORGANIZATIONS, &seen).await.expect(200).shows("0件登録しました");
    center.get("/staff/admin/organizations?q=1101").await.expect(200).shows("さくら医院").hides("さくら診療所");
    let seen = preview(&mut center, IDS, CLINICS.as_bytes()).await.expect(200).shows("発行 0件").shows("発行済み 3件");
    let page = confirm(&mut center, IDS, &seen).await.expect(409);
    assert!(handouts(&page.body).is_empty());
    assert_eq!(counts(&world).await, before);
}

/// IDM-04: the passwords are shown right after issuing and never again, whatever is pressed.
async fn the_handout_is_shown_only_once(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let file = "種別,コード,利用者名\n保健所,staff3@hersys.example,感染症係\n";
    // A code with an at-sign is no code; the fixtures' centre gets one first.
    preview(&mut center, IDS, file.as_bytes()).await.expect(422);
    hersys::db::sql("update organization set code = '1103' where organization_id = $1")
        .bind(world.fixtures.center.organization_id)
        .run(&world.app.db)
        .await
        .unwrap();
    let seen = preview(&mut center, IDS, "種別,コード,利用者名\n保健所,1103,感染症係\n".as_bytes()).await.expect(200);
    let page = confirm(&mut center, IDS, &seen).await.expect(200);
    let (sign_in_id, password) = handouts(&page.body).remove(0);
    let before = counts(&world).await;
    confirm(&mut center, IDS, &seen).await.expect(409).hides(&password).shows("一度だけ");
    let account_id = account_id(&world, &sign_in_id).await;
    for path in [IDS.to_owned(), format!("/staff/admin/accounts/{account_id}"), "/staff/admin/organizations".into()] {
        center.get(&path).await.hides(&password);
    }
    assert_eq!(counts(&world).await, before);
    let stored: i64 = hersys::db::sql("select count(*) from account where password_hash like $1")
        .bind(format!("%{password}%"))
        .scalar(&world.app.db)
        .await
        .unwrap();
    assert_eq!(stored, 0);
}

/// IDM-11: UTF-8 with and without BOM, and Shift_JIS.
async fn spreadsheets_of_any_encoding_are_read(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let text = "種別,コード,名称\r\n医療機関,1101,髙橋医院\r\n";
    let with_mark = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    // 種別,コード,名称 / 医療機関,1101,髙橋医院, as a Japanese spreadsheet writes it.
    let shift_jis = b"\x8e\xed\x95\xca,\x83R\x81[\x83h,\x96\xbc\x8f\xcc\r\n\x88\xe3\x97\xc3\x8b@\x8a\xd6,1101,\xfb\xfc\x8b\xb4\x88\xe3\x89@\r\n";
    for file in [text.as_bytes(), &with_mark, &shift_jis[..]] {
        preview(&mut center, ORGANIZATIONS, file).await.expect(200).shows("髙橋医院").shows("新しく登録 1件");
    }
}

/// IDM-02, IDM-03: nobody issues by a file what they could not issue by hand.
async fn a_file_reaches_no_further_than_its_sender(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let mut office = world.visitor().as_staff(&world, &world.fixtures.head_office).await;
    let mut ministry = world.visitor().as_staff(&world, &world.fixtures.ministry).await;
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let seen = preview(&mut center, ORGANIZATIONS, CLINICS.as_bytes()).await.expect(200);
    confirm(&mut center, ORGANIZATIONS, &seen).await.expect(200);
    let one = "種別,コード\n医療機関,1101\n".as_bytes();
    preview(&mut office, IDS, one).await.expect(422).shows("ここでは発行できません");
    preview(&mut ministry, IDS, one).await.expect(422).shows("ここでは発行できません");
    let mut other = world.visitor().as_staff(&world, &world.fixtures.other_center).await;
    preview(&mut other, IDS, one).await.expect(422).shows("所管がほかの保健所です").hides("登録されていません");
    preview(&mut clinic, IDS, one).await.expect(403);

    // Whoever registers without issuing is told who issues, and offered nothing that would be refused.
    hersys::db::sql("update organization set code = '11A' where organization_id = $1")
        .bind(world.fixtures.center.organization_id)
        .run(&world.app.db)
        .await
        .unwrap();
    let theirs = "種別,コード,名称,所管コード\n医療機関,1109,すみれ内科,11A\n".as_bytes();
    let seen = preview(&mut ministry, ORGANIZATIONS, theirs).await.expect(200).shows("あおば保健所");
    let made = confirm(&mut ministry, ORGANIZATIONS, &seen).await.expect(200);
    let made = made.shows("機関を1件登録しました").shows("あおば保健所の利用者認証実施者");
    made.hides("この一覧の機関にIDを発行");
    // A preview of somebody else's, sent by whoever may not.
    let seen = preview(&mut center, IDS, one).await.expect(200);
    confirm(&mut other, IDS, &seen).await.expect(422);
    assert!(audited(&world, "account.issue").await.is_empty());
}
