//! Sharing, hand-over and links, as centres press the buttons.

use hersys::cases::CreatedCase;
use hersys::db::sql;
use uuid::Uuid;

use crate::fixtures::{Office, Somebody};
use crate::{Answer, Visitor, World};

/// Somebody whom the first centre entered and is responsible for.
pub async fn taro(world: &World) -> CreatedCase {
    let offices = &world.fixtures;
    Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.center).await
}

/// The address of the tab 共有・引継ぎ.
pub fn tab(case: &CreatedCase) -> String {
    format!("/staff/cases/{}/sharing", case.case_id)
}

/// Sets a centre as 関係保健所.
pub async fn share(staff: &mut Visitor, case: &CreatedCase, with: &Office) -> Answer {
    staff.post_form(&format!("{}/centers", tab(case)), &[("center_id", &with.organization_id.to_string())]).await
}

/// Links a follow-up organisation or a facility (紐づけ).
pub async fn link(staff: &mut Visitor, case: &CreatedCase, with: &Office) -> Answer {
    staff.post_form(&format!("{}/links", tab(case)), &[("partner_id", &with.organization_id.to_string())]).await
}

/// Ends what runs with an office; the id stands in its form on the page.
pub async fn end(world: &World, staff: &mut Visitor, case: &CreatedCase, with: &Office) -> Answer {
    let id: Option<Uuid> = sql("select sharing_id from case_sharing
         where case_id = $1 and organization_id = $2 and ended_at is null")
    .bind(case.case_id)
    .bind(with.organization_id)
    .optional_scalar(&world.app.db)
    .await
    .expect("an answer of the database");
    let id = id.unwrap_or_default().to_string();
    staff.post_form(&format!("{}/removal", tab(case)), &[("sharing_id", &id)]).await
}

/// Asks a centre to take over, with a note.
pub async fn offer(staff: &mut Visitor, case: &CreatedCase, to: &Office, stays: bool) -> Answer {
    let to = to.organization_id.to_string();
    let mut fields = vec![("to_center_id", to.as_str()), ("note", "転居先の管轄です。")];
    if stays {
        fields.push(("keeps_access", "on"));
    }
    staff.post_form(&format!("/staff/cases/{}/transfers", case.case_id), &fields).await
}

/// The hand-over that was proposed last.
pub async fn newest_transfer(world: &World, case: &CreatedCase) -> Option<Uuid> {
    sql("select transfer_id from case_transfer where case_id = $1 order by offered_at desc, transfer_id desc limit 1")
        .bind(case.case_id)
        .optional_scalar(&world.app.db)
        .await
        .expect("an answer of the database")
}

/// Answers the newest hand-over: `acceptance`, `return` (with a reason) or `withdrawal`.
pub async fn answer(world: &World, staff: &mut Visitor, case: &CreatedCase, how: &str) -> Answer {
    let transfer = newest_transfer(world, case).await.unwrap_or_default();
    let path = format!("/staff/cases/{}/transfers/{transfer}/{how}", case.case_id);
    staff.post_form(&path, &[("reason", "すでに入院先の県で対応しています。")]).await
}

/// 担当保健所
pub async fn responsible(world: &World, case: &CreatedCase) -> Uuid {
    sql("select responsible_center_id from cases where case_id = $1")
        .bind(case.case_id)
        .scalar(&world.app.db)
        .await
        .expect("an answer of the database")
}

/// Gives an institution the right without which nobody is linked to it (IDM-08).
pub async fn grant_follow_up(world: &World, office: &Office) {
    sql("update organization set follow_up = true where organization_id = $1")
        .bind(office.organization_id)
        .run(&world.app.db)
        .await
        .expect("an answer of the database");
}
