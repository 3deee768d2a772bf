-- The page of one person: reports that staff entered, wrong ones, what is written beside a day, the household.

-- The moment of which a report tells, where somebody else entered it later; otherwise it is its receipt.
alter table observation add column told_at bigint;
-- How it came to whoever entered it: phone, visit, consultation, paper, other.
alter table observation add column means text;
-- The organisation of whoever entered it.
alter table observation add column organization_id uuid;

-- The report that took the place of a wrong one.
alter table observation_correction add column replacement_id uuid;

-- Corrections that were mistakes themselves.
create table observation_correction_undone (
  case_id uuid not null,
  undoing_id uuid not null,
  report_id uuid not null,
  reason text not null,
  corrected_at bigint not null,
  corrected_by uuid not null,
  organization_id uuid not null,
  replacement_id uuid,
  undone_at bigint not null,
  undone_by uuid not null,
  undone_by_organization_id uuid not null,
  primary key (case_id, undoing_id)
);

-- What is written beside a day: 医師所見, and 健康状態一覧の自由記述欄 of institutions. An empty text is one that was
-- taken back.
create table day_remark (
  case_id uuid not null,
  remark_id uuid not null,
  -- finding, note
  kind text not null,
  told_on date not null,
  version bigint not null,
  body text not null,
  begun_at bigint not null,
  written_at bigint not null,
  written_by uuid not null,
  organization_id uuid not null,
  primary key (case_id, remark_id)
);

create table day_remark_history (
  case_id uuid not null,
  remark_id uuid not null,
  version bigint not null,
  body text not null,
  written_at bigint not null,
  written_by uuid not null,
  primary key (case_id, remark_id, version)
);

-- People who were filed as one household (TOP-10): a row in each direction.
create table case_household (
  case_id uuid not null,
  other_case_id uuid not null,
  since bigint not null,
  primary key (case_id, other_case_id)
);

-- Whose contacts are whose.
create index cases_by_index_case on cases (index_case_id) where index_case_id is not null;

-- Where 健康観察一覧 was looked at last: the queue that is walked through from person to person.
alter table staff_session add column board_address text not null default '';
