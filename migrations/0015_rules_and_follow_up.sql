-- Rules of triage as offices write them, and follow-up in numbers.

-- A version may say that those of the office above count again: then its body is empty.
alter table watch_rules add column follows_above boolean not null default false;
-- Why it was written, for whoever reads the history.
alter table watch_rules add column note text not null default '';
-- Two people who write at the same moment write two versions.
create unique index watch_rules_once on watch_rules (organization_id, version) where organization_id is not null;
create unique index watch_rules_once_of_ministry on watch_rules (version) where organization_id is null;

-- The day in Japan for which everybody was judged: what rows follow from moves with the day, too.
alter table watch_judge add column day date;

-- The centres whose people are to be judged anew as a whole, and how far that has come: because a day began,
-- or because other rules count.
create table watch_due (
  center_id uuid not null primary key,
  -- Moves when it begins anew, so that whoever works on the round before does not end this one.
  round bigint not null,
  -- Whoever has a greater case_id is still to be judged.
  after_id uuid not null
);

-- 返却: a follow-up organisation or facility gives a person back, with the reason, until the centre has noted it.
create table link_return (
  case_id uuid not null,
  return_id uuid not null,
  -- Who gives back, and to which 担当保健所.
  organization_id uuid not null,
  center_id uuid not null,
  reason text not null,
  returned_at bigint not null,
  returned_by uuid not null,
  settled_at bigint,
  settled_by uuid,
  primary key (case_id, return_id)
);
create index link_return_open on link_return (center_id, case_id) where settled_at is null;

-- How the people of a centre stand on the boards of others, and when these worked last.
create index board_person_by_center on board_person
  (responsible_center_id, organization_id, observed_until, observed_from, reported_on, report_by, alert);
create index watch_seen_by_organization on watch_seen (organization_id, seen_at);
create index contact_attempt_by_organization on contact_attempt (organization_id, attempted_at);
