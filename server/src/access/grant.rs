//! Proof that permission was asked: data of cases is reached only through these values.
//!
//! [`Grant`] stands for one case and one item group, [`Scope`] for lists. Both are built only
//! here, from a request, and carry the database handle that the stores of case data take.

use std::marker::PhantomData;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use uuid::Uuid;

use crate::App;
use crate::access::audit::{Entry, REFUSED};
use crate::access::policy::{self, ItemGroup, Level, Relation};
use crate::access::{Client, Staff, store};
use crate::db::Db;
use crate::error::{Error, Result};

/// An item group as a type.
pub trait Group: Send + Sync + 'static {
    const GROUP: ItemGroup;
}

/// Read or write as a type.
pub trait Action: Send + Sync + 'static {
    const LEVEL: Level;
}

pub struct Read;
pub struct Write;

impl Action for Read {
    const LEVEL: Level = Level::Read;
}

impl Action for Write {
    const LEVEL: Level = Level::Write;
}

macro_rules! groups {
    ($($name:ident),*) => {
        /// The item groups as types, for [`Grant`].
        pub mod group {
            $(
                pub struct $name;
                impl super::Group for $name {
                    const GROUP: super::ItemGroup = super::ItemGroup::$name;
                }
            )*
        }
    };
}

groups!(
    Person,
    Identity,
    Notification,
    Test,
    Basic,
    Residence,
    Observation,
    ObservationNote,
    PhysicianFinding,
    ObservationPeriod,
    Medical,
    Record,
    Activity,
    Contact,
    Sharing,
    Audit
);

/// The right to read or write one item group of one case, the `case_id` of the route.
/// A case out of reach answers 404; an item group that the kind of ID may not see answers 403.
pub struct Grant<G, A> {
    case_id: Uuid,
    staff: Staff,
    relations: Vec<Relation>,
    db: Db,
    proof: PhantomData<(G, A)>,
}

impl<G: Group, A: Action> Grant<G, A> {
    pub(super) async fn ask(app: &App, staff: Staff, case_id: Uuid) -> Result<Self> {
        let relations = store::relations(&app.db, staff.organization_id, case_id).await?;
        if relations.is_empty() || policy::level(staff.kind, ItemGroup::Person, &relations) == Level::None {
            return Err(Error::NotFound);
        }
        if policy::level(staff.kind, G::GROUP, &relations) < A::LEVEL {
            return Err(Error::Forbidden);
        }
        Ok(Self { case_id, staff, relations, db: app.db.clone(), proof: PhantomData })
    }

    /// The right to another person who stands on this one's page, such as somebody of the household. Nobody asked for
    /// them by name, so that not having it is no refusal to be noted.
    pub async fn beside<H: Group, B: Action>(&self, app: &App, case_id: Uuid) -> Result<Option<Grant<H, B>>> {
        match Grant::ask(app, self.staff.clone(), case_id).await {
            Ok(grant) => Ok(Some(grant)),
            Err(Error::NotFound | Error::Forbidden) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn case_id(&self) -> Uuid {
        self.case_id
    }

    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    /// The handle for data of this case.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// How far this ID may go with another item group of the same case: for masking header,
    /// tabs, print and export.
    pub fn level(&self, group: ItemGroup) -> Level {
        policy::level(self.staff.kind, group, &self.relations)
    }

    pub fn may_read(&self, group: ItemGroup) -> bool {
        self.level(group) >= Level::Read
    }

    pub fn may_write(&self, group: ItemGroup) -> bool {
        self.level(group) == Level::Write
    }
}

impl<G: Group, A: Action> FromRequestParts<App> for Grant<G, A> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let staff = Staff::from_request_parts(parts, app).await?;
        let path = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Error::NotFound)?;
        let case_id = path
            .iter()
            .find(|(name, _)| *name == "case_id")
            .and_then(|(_, value)| Uuid::parse_str(value).ok())
            .ok_or(Error::NotFound)?;
        Self::ask(app, staff, case_id).await
    }
}

/// The right to list the cases that the signed-in ID's organisation reaches.
/// Kinds of ID that see no single person get 403.
#[derive(Clone)]
pub struct Scope {
    staff: Staff,
    client: Client,
    db: Db,
}

impl Scope {
    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    /// Every list query is `… from case_index where organization_id = $1 …` with this value.
    pub fn organization_id(&self) -> Uuid {
        self.staff.organization_id
    }

    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Whether lists of this kind of ID may show an item group (column, print, export).
    pub fn may_read(&self, group: ItemGroup) -> bool {
        policy::may(self.staff.kind, group) >= Level::Read
    }

    /// Whether this kind of ID may change an item group of whomever it reaches: for buttons of lists.
    pub fn may_write(&self, group: ItemGroup) -> bool {
        policy::may(self.staff.kind, group) == Level::Write
    }

    /// The right to one case out of a list, e.g. for printing several people.
    /// Cases out of reach are `None`; asking for them is noted (SEC-12).
    pub async fn grant<G: Group, A: Action>(&self, app: &App, case_id: Uuid) -> Result<Option<Grant<G, A>>> {
        match Grant::ask(app, self.staff.clone(), case_id).await {
            Ok(grant) => Ok(Some(grant)),
            Err(Error::NotFound | Error::Forbidden) => {
                Entry::by_staff(&self.staff, &self.client, app.clock.now(), REFUSED)
                    .about(case_id)
                    .with(serde_json::json!({ "route": "list", "group": format!("{:?}", G::GROUP) }))
                    .write(&app.db)
                    .await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

impl FromRequestParts<App> for Scope {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let staff = Staff::from_request_parts(parts, app).await?;
        if !policy::may_list(staff.kind) {
            return Err(Error::Forbidden);
        }
        let client = Client::from_request_parts(parts, app).await?;
        Ok(Self { staff, client, db: app.db.clone() })
    }
}

/// The right to begin a record (IDR-01): health centres and medical institutions.
pub struct Registrar {
    staff: Staff,
    db: Db,
}

impl Registrar {
    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    pub fn db(&self) -> &Db {
        &self.db
    }
}

impl FromRequestParts<App> for Registrar {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let staff = Staff::from_request_parts(parts, app).await?;
        if !policy::may_register(staff.kind) {
            return Err(Error::Forbidden);
        }
        Ok(Self { staff, db: app.db.clone() })
    }
}

/// The right to administer organisations and IDs: a 利用者認証実施者 of an office that issues
/// (IDM-01, IDM-02). How far it goes is a matter of the line of its office.
pub struct Issuer {
    staff: Staff,
    db: Db,
}

impl Issuer {
    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    pub fn db(&self) -> &Db {
        &self.db
    }
}

impl FromRequestParts<App> for Issuer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let staff = Staff::from_request_parts(parts, app).await?;
        if !staff.may_issue() {
            return Err(Error::Forbidden);
        }
        Ok(Self { staff, db: app.db.clone() })
    }
}
