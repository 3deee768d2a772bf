//! 共有・引継ぎ of a person: 関係保健所 (SHR-01, SHR-05) and the second step of follow-up, 紐づけ
//! (FUP-02, FUP-05, OBS-11). Each change is a word of its own, added to what others have said, so
//! that nobody overwrites anybody (PERM-08); it takes effect with its commit.

mod history;
mod many;
mod page;
mod store;

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::Problems;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::Level::{Read, Write};
use crate::access::audit::Entry;
use crate::access::events::News;
use crate::access::grant::{self, group};
use crate::access::{Client, Grant, ItemGroup, OrganizationKind, Relation, Staff};
use crate::cases::{Tab, reach, store as cases};
use crate::cases::{news, transfers};
use crate::clock::Timestamp;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::routes::{Guard, Routes};

pub use history::Step;
pub use many::{By, Links, change_links, give_back};
pub use page::{Typed, show_again};
pub use store::{Choice, begin, centers, end, hand_over_returns, partners};

pub fn routes() -> Routes {
    let write = Guard::Case(ItemGroup::Sharing, Write);
    Routes::default()
        .get("/staff/cases/{case_id}/sharing", Guard::Case(ItemGroup::Sharing, Read), page::show)
        .post("/staff/cases/{case_id}/sharing/centers", write, add_center)
        .post("/staff/cases/{case_id}/sharing/links", write, add_link)
        .post("/staff/cases/{case_id}/sharing/removal", write, remove)
}

/// Everything that was shared and handed over with a person, the newest first; for whoever may read
/// [`ItemGroup::Sharing`].
pub async fn steps(db: &Db, case_id: Uuid) -> Result<Vec<Step>> {
    let sharings = store::sharings(db, case_id).await?;
    let transfers = transfers::store::of_case(db, case_id).await?;
    Ok(history::steps(&sharings, &transfers))
}

/// Back to the tab, with a word on what was done.
pub fn back(case_id: Uuid, notice: &str) -> Response {
    Redirect::to(&format!("{}?notice={notice}", Tab::Sharing.path(case_id))).into_response()
}

/// Adds a 関係保健所: it sees the person at once.
async fn add_center(
    grant: Grant<group::Sharing, grant::Write>,
    client: Client,
    State(app): State<App>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    if typed.finds() {
        return show_again(&grant, &client, &app, &typed, &Problems::default()).await;
    }
    let now = app.clock.now();
    let wrong = async |sentence: &str| show_again(&grant, &client, &app, &typed, &one("center_id", sentence)).await;
    let chosen = Uuid::parse_str(&typed.center_id).ok();
    let centers = store::centers(grant.db(), now.day()).await?;
    let Some(center) = chosen.filter(|id| centers.iter().any(|center| center.organization_id == *id)) else {
        return wrong("共有する保健所を選んでください（必須）。").await;
    };
    let mut tx = grant.db().begin().await?;
    let case = reach::hold_for(&mut tx, &grant).await?;
    // Whom the person is shared with is the responsible centre's to say.
    if case.responsible_center_id != grant.staff().organization_id {
        drop(tx);
        return wrong("関係保健所を設定できるのは、担当保健所だけです。担当保健所に依頼してください。").await;
    }
    if case.responsible_center_id == center {
        drop(tx);
        return wrong("担当保健所は、はじめからこの方を見られます。ほかの保健所を選んでください。").await;
    }
    let change = Change { case_id: case.case_id, relation: Relation::Related, organization_id: center };
    if !change.begin(&mut tx, &app, grant.staff(), &client, now).await? {
        return Ok(back(case.case_id, "already-shared"));
    }
    tx.commit().await?;
    app.outbox.wake();
    Ok(back(case.case_id, "shared"))
}

/// Links a follow-up organisation, an institution that has the right, or a facility.
async fn add_link(
    grant: Grant<group::Sharing, grant::Write>,
    client: Client,
    State(app): State<App>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let now = app.clock.now();
    let wrong = async |sentence: &str| show_again(&grant, &client, &app, &typed, &one("partner_id", sentence)).await;
    let own = cases::organization(grant.db(), grant.staff().organization_id).await?.ok_or(Error::NotFound)?;
    let mut tx = grant.db().begin().await?;
    let chosen = match Uuid::parse_str(&typed.partner_id) {
        // The organisation before the case, as whoever takes its right away does.
        Ok(organization_id) => store::choice(&mut tx, organization_id, now.day()).await?,
        Err(_) => None,
    };
    let relation = match chosen.as_ref().filter(|chosen| chosen.prefecture_code == own.prefecture_code).map(link_of) {
        Some(Ok(relation)) => relation,
        Some(Err(sentence)) => {
            drop(tx);
            return wrong(sentence).await;
        }
        None => {
            drop(tx);
            return wrong("紐づける機関を、同じ都道府県の機関から選んでください（必須）。").await;
        }
    };
    let case = reach::hold_for(&mut tx, &grant).await?;
    let organization_id = chosen.map(|chosen| chosen.organization_id).ok_or(Error::NotFound)?;
    let change = Change { case_id: case.case_id, relation, organization_id };
    if !change.begin(&mut tx, &app, grant.staff(), &client, now).await? {
        return Ok(back(case.case_id, "already-linked"));
    }
    tx.commit().await?;
    app.outbox.wake();
    Ok(back(case.case_id, "linked"))
}

/// As what an organisation may be linked, or why not (FUP-02: the right comes first).
fn link_of(choice: &store::Choice) -> Result<Relation, &'static str> {
    match OrganizationKind::from_code(&choice.kind) {
        Some(OrganizationKind::FollowUp) => Ok(Relation::Linked),
        Some(OrganizationKind::MedicalInstitution) if choice.follow_up => Ok(Relation::Linked),
        Some(OrganizationKind::MedicalInstitution) => {
            Err("この医療機関には健康フォローアップ機関の権限がありません。先に権限を付与してから、紐づけてください。")
        }
        Some(OrganizationKind::Accommodation) => Ok(Relation::Guest),
        _ => Err("健康フォローアップ機関、その権限のある医療機関、宿泊療養施設から選んでください。"),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Removal {
    sharing_id: String,
}

/// Ends a sharing or a link: the view is gone with the next request. Whom the person is shared with
/// is the responsible centre's to say; a related centre may take itself off, and both may unlink.
async fn remove(
    grant: Grant<group::Sharing, grant::Write>,
    client: Client,
    State(app): State<App>,
    Form(removal): Form<Removal>,
) -> Result<Response> {
    let now = app.clock.now();
    let own = grant.staff().organization_id;
    let mut tx = grant.db().begin().await?;
    let case = reach::hold_for(&mut tx, &grant).await?;
    let running = match Uuid::parse_str(&removal.sharing_id) {
        Ok(sharing_id) => store::running(&mut tx, case.case_id, sharing_id).await?,
        Err(_) => None,
    };
    let Some(running) = running else {
        return Ok(back(case.case_id, "already-ended"));
    };
    let relation = Relation::from_code(&running.relation).ok_or(Error::NotFound)?;
    let is_own = running.organization_id == own;
    if relation == Relation::Related && case.responsible_center_id != own && !is_own {
        return Err(Error::Forbidden);
    }
    let change = Change { case_id: case.case_id, relation, organization_id: running.organization_id };
    change.end(&mut tx, &app, grant.staff(), &client, now).await?;
    tx.commit().await?;
    app.outbox.wake();
    let sees = cases::reaches(grant.db(), running.organization_id, case.case_id).await?;
    if is_own && !sees {
        return Ok(Redirect::to("/staff/cases").into_response());
    }
    let notice = match (relation, sees) {
        (Relation::Related, false) => "unshared",
        (Relation::Related, true) => "unshared-sees",
        (_, false) => "unlinked",
        (_, true) => "unlinked-sees",
    };
    Ok(back(case.case_id, notice))
}

/// Ends all links of an institution that loses its follow-up right (IDM-08): without the right
/// nobody may stay linked. The organisation's row must have been changed before in `tx`.
/// Call [`crate::messages::Outbox::wake`] after the commit.
pub async fn end_links(
    tx: &mut Tx,
    app: &App,
    organization_id: Uuid,
    staff: &Staff,
    client: &Client,
    now: Timestamp,
) -> Result<()> {
    for case_id in store::linked_cases(&mut *tx, organization_id).await? {
        reach::hold(&mut *tx, case_id).await?;
        Change { case_id, relation: Relation::Linked, organization_id }.end(&mut *tx, app, staff, client, now).await?;
    }
    Ok(())
}

/// One organisation's sharing of a held case, begun or ended with all that follows from it.
struct Change {
    case_id: Uuid,
    relation: Relation,
    organization_id: Uuid,
}

impl Change {
    /// `false`: it was so already.
    async fn begin(&self, tx: &mut Tx, app: &App, staff: &Staff, client: &Client, now: Timestamp) -> Result<bool> {
        if !self.begin_untold(&mut *tx, staff, client, now).await? {
            return Ok(false);
        }
        let news = if self.relation == Relation::Related { News::Shared } else { News::Linked };
        self.tell(tx, app, news, now).await?;
        Ok(true)
    }

    async fn end(&self, tx: &mut Tx, app: &App, staff: &Staff, client: &Client, now: Timestamp) -> Result<()> {
        self.end_untold(&mut *tx, staff, client, now).await?;
        let news = if self.relation == Relation::Related { News::Unshared } else { News::Unlinked };
        self.tell(tx, app, news, now).await
    }

    /// [`Self::begin`] for whoever tells the organisation of many people at once.
    async fn begin_untold(&self, tx: &mut Tx, staff: &Staff, client: &Client, now: Timestamp) -> Result<bool> {
        let before = store::shared_with(&mut *tx, self.case_id, self.relation).await?;
        if !store::begin(&mut *tx, self.case_id, self.relation, self.organization_id, staff, now).await? {
            return Ok(false);
        }
        if self.relation != Relation::Related {
            // Whoever is followed again was not given back in vain.
            store::settle_returns(&mut *tx, self.case_id, None, staff, now).await?;
        }
        reach::rewrite_stored(&mut *tx, self.case_id, now).await?;
        let action = if self.relation == Relation::Related { "sharing.begin" } else { "link.begin" };
        self.note(tx, staff, client, now, action, &before).await?;
        Ok(true)
    }

    async fn end_untold(&self, tx: &mut Tx, staff: &Staff, client: &Client, now: Timestamp) -> Result<()> {
        let before = store::shared_with(&mut *tx, self.case_id, self.relation).await?;
        store::end(&mut *tx, self.case_id, self.relation, self.organization_id, staff, now).await?;
        reach::rewrite_stored(&mut *tx, self.case_id, now).await?;
        let action = if self.relation == Relation::Related { "sharing.end" } else { "link.end" };
        self.note(tx, staff, client, now, action, &before).await
    }

    async fn tell(&self, tx: &mut Tx, app: &App, news: News, now: Timestamp) -> Result<()> {
        news::tell(tx, self.organization_id, self.case_id, news, app.config.base_url.as_str(), now).await
    }

    async fn note(
        &self,
        tx: &mut Tx,
        staff: &Staff,
        client: &Client,
        now: Timestamp,
        action: &'static str,
        before: &[Uuid],
    ) -> Result<()> {
        let after = store::shared_with(&mut *tx, self.case_id, self.relation).await?;
        let detail = json!({
            "relation": self.relation.code(),
            "organization_id": self.organization_id,
            "before": before,
            "after": after,
        });
        Ok(Entry::by_staff(staff, client, now, action).about(self.case_id).with(detail).write(tx).await?)
    }
}

fn one(field: &str, sentence: &str) -> Problems {
    let mut problems = Problems::default();
    problems.add(field, sentence);
    problems
}
