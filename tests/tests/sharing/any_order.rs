//! Whatever is tried by whomever in whatever order, reach is what was agreed on.

use std::collections::{BTreeMap, BTreeSet};

use hersys::cases::CreatedCase;
use hersys::db::sql;
use hersys_tests::fixtures::Office;
use hersys_tests::sharing::*;
use hersys_tests::{Answer, Visitor, World, on_both_databases};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

on_both_databases!(reach_is_what_was_agreed_on_after_any_sequence,);

/// What somebody may try next. Offices are numbered: three centres, two follow-up partners.
#[derive(Debug, Clone)]
enum Step {
    Share { by: usize, with: usize },
    Unshare { by: usize, with: usize },
    Offer { by: usize, to: usize, stays: bool },
    Accept { by: usize },
    Return { by: usize },
    Withdraw { by: usize },
    Link { by: usize, with: usize },
    Unlink { by: usize, with: usize },
    Edit { by: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let center = 0..3_usize;
    let pair = (center.clone(), center.clone());
    let link = (center.clone(), 0..2_usize);
    prop_oneof![
        pair.clone().prop_map(|(by, with)| Step::Share { by, with }),
        pair.clone().prop_map(|(by, with)| Step::Unshare { by, with }),
        (pair, any::<bool>()).prop_map(|((by, to), stays)| Step::Offer { by, to, stays }),
        center.clone().prop_map(|by| Step::Accept { by }),
        center.clone().prop_map(|by| Step::Return { by }),
        center.clone().prop_map(|by| Step::Withdraw { by }),
        link.clone().prop_map(|(by, with)| Step::Link { by, with }),
        link.prop_map(|(by, with)| Step::Unlink { by, with }),
        center.prop_map(|by| Step::Edit { by }),
    ]
}

/// What was agreed on, kept beside the program in the plainest way.
#[derive(Debug, Default)]
struct Agreed {
    responsible: usize,
    related: BTreeSet<usize>,
    offered: Option<(usize, bool)>,
    linked: BTreeSet<usize>,
    entered_by_first: bool,
}

impl Agreed {
    fn writes(&self, center: usize) -> bool {
        self.responsible == center || self.related.contains(&center)
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Share { by, with } if by == self.responsible && with != self.responsible => {
                self.related.insert(with);
            }
            Step::Unshare { by, with } if self.writes(by) && (by == self.responsible || by == with) => {
                self.related.remove(&with);
            }
            Step::Offer { by, to, stays } if by == self.responsible && to != by && self.offered.is_none() => {
                self.offered = Some((to, stays));
            }
            Step::Accept { by } => {
                if let Some((_, stays)) = self.offered.filter(|(to, _)| *to == by) {
                    self.related.remove(&by);
                    if stays {
                        self.related.insert(self.responsible);
                    }
                    self.entered_by_first &= self.responsible != 0;
                    (self.responsible, self.offered) = (by, None);
                }
            }
            Step::Return { by } => self.offered = self.offered.filter(|(to, _)| *to != by),
            Step::Withdraw { by } if by == self.responsible => self.offered = None,
            Step::Link { by, with } if self.writes(by) && by != 2 => {
                self.linked.insert(with);
            }
            Step::Unlink { by, with } if self.writes(by) => {
                self.linked.remove(&with);
            }
            _ => {}
        }
    }

    /// Relations of all offices, computed from nothing.
    fn relations(
        &self,
        centers: &[&Office; 3],
        above: &[&Office; 3],
        partners: &[&Office; 2],
    ) -> BTreeSet<(Uuid, String)> {
        let mut relations = BTreeSet::new();
        let mut add = |office: &Office, relation: &str| relations.insert((office.organization_id, relation.to_owned()));
        add(centers[self.responsible], "responsible");
        add(above[self.responsible], "governing");
        for center in &self.related {
            add(centers[*center], "related");
            add(above[*center], "governing");
        }
        if self.entered_by_first {
            add(centers[0], "entered");
        }
        if let Some((to, _)) = self.offered {
            add(centers[to], "offered");
        }
        for partner in &self.linked {
            add(partners[*partner], if *partner == 0 { "linked" } else { "guest" });
        }
        relations
    }
}

/// SHR-01, FUP-02, C-02, PERM-08: whatever is tried by whomever in whatever order, relations and
/// lists are what the agreements say, and nobody else reaches the person.
async fn reach_is_what_was_agreed_on_after_any_sequence(world: World) {
    let offices = &world.fixtures;
    let centers = [&offices.center, &offices.other_center, &offices.far_center];
    let above = [&offices.head_office, &offices.head_office, &offices.far_head_office];
    let partners = [&offices.follow_up, &offices.accommodation];
    let mut staff = Vec::new();
    for center in centers {
        staff.push(world.visitor().as_staff(&world, center).await);
    }
    let mut runner = TestRunner::deterministic();
    for _ in 0..10 {
        let steps = proptest::collection::vec(step(), 14).new_tree(&mut runner).unwrap().current();
        let case = taro(&world).await;
        let mut agreed = Agreed { entered_by_first: true, ..Agreed::default() };
        for (at, step) in steps.iter().enumerate() {
            let told = perform(&world, &mut staff, &case, &centers, &partners, step).await;
            assert!(told.status.as_u16() < 500, "{step:?}: {}", told.body);
            agreed.take(step);
            let wanted = agreed.relations(&centers, &above, &partners);
            compare(&world, &case, &wanted, &format!("{:?}", &steps[..=at])).await;
        }
        for (at, visitor) in staff.iter_mut().enumerate() {
            let reaches = agreed.writes(at) || agreed.offered.is_some_and(|(to, _)| to == at);
            let page = visitor.get(&format!("/staff/cases/{}/identity", case.case_id)).await;
            assert_eq!(page.status == 200, reaches, "{steps:?}");
            assert!(reaches || page.status == 404);
        }
    }
}

async fn perform(
    world: &World,
    staff: &mut [Visitor],
    case: &CreatedCase,
    centers: &[&Office; 3],
    partners: &[&Office; 2],
    step: &Step,
) -> Answer {
    match *step {
        Step::Share { by, with } => share(&mut staff[by], case, centers[with]).await,
        Step::Unshare { by, with } => end(world, &mut staff[by], case, centers[with]).await,
        Step::Offer { by, to, stays } => offer(&mut staff[by], case, centers[to], stays).await,
        Step::Accept { by } => answer(world, &mut staff[by], case, "acceptance").await,
        Step::Return { by } => answer(world, &mut staff[by], case, "return").await,
        Step::Withdraw { by } => answer(world, &mut staff[by], case, "withdrawal").await,
        Step::Link { by, with } => link(&mut staff[by], case, partners[with]).await,
        Step::Unlink { by, with } => end(world, &mut staff[by], case, partners[with]).await,
        Step::Edit { by } => {
            let version: i64 = sql("select version from document where case_id = $1")
                .bind(case.case_id)
                .scalar(&world.app.db)
                .await
                .unwrap();
            let (version, address) = (version.to_string(), format!("{version}丁目"));
            let typed =
                [("version", version.as_str()), ("name", "山田 太郎"), ("kind", "patient"), ("address", &address)];
            staff[by].post_form(&format!("/staff/cases/{}/identity/edit", case.case_id), &typed).await
        }
    }
}

async fn compare(world: &World, case: &CreatedCase, wanted: &BTreeSet<(Uuid, String)>, steps: &str) {
    let relations: Vec<(Uuid, String)> = sql("select organization_id, relation from case_relation where case_id = $1")
        .bind(case.case_id)
        .all(&world.app.db)
        .await
        .unwrap();
    assert_eq!(&relations.into_iter().collect::<BTreeSet<_>>(), wanted, "{steps}");
    let listed: Vec<(Uuid, bool, bool, bool)> =
        sql("select organization_id, is_shared, is_offered, is_linked from case_index where case_id = $1")
            .bind(case.case_id)
            .all(&world.app.db)
            .await
            .unwrap();
    let mut own: BTreeMap<Uuid, Vec<&str>> = BTreeMap::new();
    for (organization_id, relation) in wanted {
        own.entry(*organization_id).or_default().push(relation);
    }
    let expected: BTreeSet<_> = own
        .iter()
        .map(|(organization_id, relations)| {
            let shared = relations.contains(&"related") && !relations.contains(&"responsible");
            (*organization_id, shared, relations.contains(&"offered"), *relations == ["linked"])
        })
        .collect();
    assert_eq!(listed.len(), expected.len(), "{steps}");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), expected, "{steps}");
}
