-- Health observation as a whole: who needs a look today, and what was done about it.

-- Rules by which reports are judged: of the ministry (without organisation), of a head office or of a
-- centre. Each change is a new version; the one whose day has come last counts.
create table watch_rules (
  rules_id uuid not null primary key,
  organization_id uuid,
  version bigint not null,
  from_on date not null,
  body jsonb not null,
  written_at bigint not null,
  written_by uuid not null
);
create index watch_rules_by_organization on watch_rules (organization_id, from_on);

-- Whoever judges holds it, so that of two judgements the later one stays.
create table watch_judge (
  judge bigint not null primary key,
  judged_at bigint not null
);
insert into watch_judge (judge, judged_at) values (1, 0);

-- The people under observation, for each organisation that follows them, with what its board shows and
-- sorts by. Computed from everything below and from the record; never the source of anything.
create table board_person (
  organization_id uuid not null,
  case_id uuid not null,
  kind text not null,
  hersys_id text not null,
  name text not null,
  kana_key text not null,
  birth_on date,
  sex text,
  responsible_center_id uuid not null,
  -- 共有: another centre is responsible.
  is_shared boolean not null,
  observed_from date not null,
  -- 9999-12-31 where no end is set.
  observed_until date not null,
  onset_on date,
  -- 0 none, 1 new symptom, 2 worse, 3 emergency: by reports that nobody here has looked at yet.
  alert bigint not null,
  -- What raised it, in words; and the version of the rules.
  hits jsonb not null,
  rules_id uuid,
  rules_version bigint not null,
  -- The hour from which whoever has not reported counts as silent.
  report_by bigint not null,
  -- The newest report; the first day of all and 0 where there is none.
  reported_on date not null,
  reported_at bigint not null,
  temperature bigint,
  spo2 bigint,
  -- The last days: [[day, tenths of a degree, percent], …], the oldest first.
  course jsonb not null,
  -- linked, unlinked, stopped, bad_address: whether a request to report can reach the person.
  reach text not null,
  -- Whether there is any telephone or mail at all.
  has_way boolean not null,
  seen_until bigint not null,
  assignee_id uuid,
  flag text not null,
  attempted_at bigint not null,
  attempt text not null,
  ward text not null,
  language text not null,
  is_at_risk boolean not null,
  -- A follow-up organisation that the person is linked to.
  linked_id uuid,
  judged_at bigint not null,
  primary key (organization_id, case_id)
);
create index board_person_by_case on board_person (case_id);
create index board_person_by_queue on board_person
  (organization_id, alert, reported_on, observed_until, observed_from, has_way, report_by, reported_at, case_id);

-- Counts the changes of an organisation's board: who shows one asks for it anew when this has moved.
create table board_change (
  organization_id uuid not null primary key,
  changes bigint not null
);

-- Up to which report an organisation has looked at a person (確認済み).
create table watch_seen (
  case_id uuid not null,
  organization_id uuid not null,
  seen_until bigint not null,
  seen_at bigint not null,
  seen_by uuid not null,
  primary key (case_id, organization_id)
);

-- 担当者: which colleague of an organisation looks after a person.
create table watch_assignment (
  case_id uuid not null,
  organization_id uuid not null,
  account_id uuid not null,
  assigned_at bigint not null,
  assigned_by uuid not null,
  primary key (case_id, organization_id)
);

-- 注意: a mark with its reason, until somebody lifts it.
create table watch_flag (
  case_id uuid not null,
  flag_id uuid not null,
  organization_id uuid not null,
  reason text not null,
  set_at bigint not null,
  set_by uuid not null,
  lifted_at bigint,
  lifted_by uuid,
  primary key (case_id, flag_id)
);

-- Attempts to reach a person, with what came of them.
create table contact_attempt (
  case_id uuid not null,
  attempt_id uuid not null,
  organization_id uuid not null,
  -- phone, visit, other
  means text not null,
  -- reached, no_answer, wrong_number, refused, other
  outcome text not null,
  note text not null,
  attempted_at bigint not null,
  attempted_by uuid not null,
  primary key (case_id, attempt_id)
);

-- How a person is asked to report: nothing where the policy of 担当保健所 counts.
create table contact_preference (
  case_id uuid not null primary key,
  -- mail, sms, push, call, or empty
  channel text not null,
  -- ja, en, … or empty
  language text not null,
  -- Hour of the day, 8…20, or none
  hour bigint,
  -- When and why requests were stopped; none while they are sent.
  stopped_at bigint,
  stop_reason text not null,
  updated_at bigint not null,
  updated_by uuid
);

-- A report that was wrong: kept, struck through, with the reason; the report that replaces it is another one.
create table observation_correction (
  case_id uuid not null,
  report_id uuid not null,
  reason text not null,
  corrected_at bigint not null,
  corrected_by uuid not null,
  organization_id uuid not null,
  primary key (case_id, report_id)
);

-- A notification is of one person.
drop index notification_inbox_by_id;
create unique index notification_inbox_by_id on notification_inbox (notification_id);

-- The page that wrote into a draft last: two windows of one draft are told of each other.
alter table notification_draft add column page_id uuid;
