-- 健康観察期間: where it stands between the computation by rules and what a centre decided.

-- One row for whoever's period was computed or decided about. The days themselves stand in `cases`.
create table observation_period (
  case_id uuid not null primary key,
  -- Moves with every change of what stands here, so that whoever looked at an older one is told.
  version bigint not null,
  -- A centre set the end; until it follows the computation again, that only proposes.
  is_by_hand boolean not null,
  -- The first day before any computation: the day of entry.
  began_on date,
  -- The last computation; `rule_from` is none before the first.
  computed_from date,
  computed_until date,
  -- The end by negative tests that are all there.
  tests_until date,
  care_until date,
  rule_from date,
  needs_review boolean not null,
  -- Lines in Japanese; the reasons are those because of which people have to look.
  words jsonb not null,
  reasons jsonb not null,
  computed_on date,
  -- The proposed end that a centre did not want.
  declined_until date,
  -- The last day for which a centre decided that it stays.
  settled_until date,
  updated_at bigint not null
);

-- Every change, never changed itself.
create table observation_period_change (
  case_id uuid not null,
  change_id uuid not null,
  -- computed, changed, extended, ended, reopened, accepted, declined, settled
  kind text not null,
  former_from date,
  former_until date,
  observed_from date,
  observed_until date,
  rule_from date,
  words jsonb not null,
  reason text not null,
  changed_at bigint not null,
  -- None where the computation moved it by itself.
  changed_by uuid,
  organization_id uuid,
  primary key (case_id, change_id)
);

-- With which rules all who are observed were computed: after other ones, or a day on which one begins, they are
-- computed anew.
create table observation_period_rules (
  rules bigint not null primary key,
  fingerprint text not null,
  looked_on date not null
);

-- Until when a board shows a person, and since when for review.
alter table board_person add column shown_until date not null default '9999-12-31';
-- The day from which on the person stands for review: before all days where there is a proposal.
alter table board_person add column review_from date not null default '9999-12-31';
alter table board_person add column review text not null default '';
update board_person set shown_until = observed_until;
update board_person set review_from = observed_until where is_shared or organization_id = responsible_center_id;
drop index board_person_by_queue;
create index board_person_by_queue on board_person
  (organization_id, alert, reported_on, shown_until, observed_from, observed_until, review_from, has_way, report_by,
   reported_at, case_id);
