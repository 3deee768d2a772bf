-- What 登録情報一覧 shows and searches by beyond ID管理 (LST-02, LST-06), past data, kept searches.

-- Where a case comes from: entered here, or migrated (C-04).
alter table cases add column origin text not null default 'hersys';

-- The facts of the episode, each as `index()` reads it from the document `episode`.
alter table case_index add column diagnosis_type text not null default '';
alter table case_index add column reported_on date;
alter table case_index add column diagnosed_on date;
alter table case_index add column onset_on date;
alter table case_index add column confirmed_on date;
-- 現在のステータス, as far as it does not depend on today (C-06): from the day after `ends_on` on it is 療養解除.
-- Who has no 終了予定日 has the last of all days, so that a status is one range of one index.
alter table case_index add column status text not null default '';
alter table case_index add column ends_on date not null default '9999-12-31';
alter table case_index add column residence text not null default '';
-- リンク
alter table case_index add column route_certainty text not null default '';
alter table case_index add column local_id_key text not null default '';
alter table case_index add column origin text not null default 'hersys';
-- 報告年月日, else the day of registration: decides what is past (PST-01).
alter table case_index add column listed_on date;
-- Days of one status are searched in the order of these days; where no days are given, `ends_on` is the range.
create index case_index_by_status on case_index (organization_id, status, ends_on, case_id);
create index case_index_by_diagnosed on case_index (organization_id, diagnosed_on, case_id);
create index case_index_by_onset on case_index (organization_id, onset_on, case_id);
create index case_index_by_confirmed on case_index (organization_id, confirmed_on, case_id);
create index case_index_by_listed on case_index (organization_id, listed_on, case_id);
create index case_index_by_end on case_index (organization_id, ends_on, case_id);
create index case_index_by_diagnosis on case_index (organization_id, diagnosis_type, created_at, case_id);
-- Few people each, so that a search for them reads nobody else.
create index case_index_migrated on case_index (organization_id, created_at) where origin <> 'hersys';
create index case_index_admitted on case_index (organization_id, created_at) where residence <> '';
-- 都道府県: the prefecture's centres are looked up first.
create index case_index_by_center on case_index (organization_id, responsible_center_id, created_at, case_id);
create index case_index_by_local_id on case_index (organization_id, local_id_key) where local_id_key <> '';

-- Each pair of neighbouring characters of a name, so that a part of it finds the person (LST-03).
create table case_name_index (
  organization_id uuid not null,
  pair text not null,
  case_id uuid not null,
  primary key (organization_id, pair, case_id)
);
create index case_name_index_by_case on case_name_index (case_id);

-- 過去情報 on/off (TOP-07), for as long as one is signed in.
alter table staff_session add column shows_past boolean not null default false;
-- What stood behind `/staff/cases` when the list was looked at last: the way back from a person. No personal data.
alter table staff_session add column list_address text not null default '';

-- A search that its writer gave a name.
create table saved_search (
  account_id uuid not null references account (account_id),
  saved_id uuid not null,
  name text not null,
  criteria jsonb not null,
  created_at bigint not null,
  primary key (account_id, saved_id)
);
