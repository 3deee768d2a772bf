-- What an organisation is beyond its kind, and since when it takes part.

-- A city's head office (保健所設置市の本庁), not the prefecture's.
alter table organization add column is_city boolean not null default false;
-- 外来・入院: what a medical institution does.
alter table organization add column outpatient boolean not null default false;
alter table organization add column inpatient boolean not null default false;
-- 健康フォローアップ機関の権限 on top of a medical institution's own (IDM-08).
alter table organization add column follow_up boolean not null default false;
-- システム利用統括責任者, システム利用管理者 (IDM-09).
alter table organization add column system_chief text not null default '';
alter table organization add column system_manager text not null default '';
-- GEN-07, IDM-10: the first day, and the first day no more. Null leaves the end open.
alter table organization add column active_from date;
alter table organization add column active_until date;
create index organization_by_name on organization (kind, name);

-- One row an act of issuing, so that sending the same form twice issues nothing twice and shows no
-- password twice.
create table issuing (
  issuing_id uuid not null primary key,
  account_id uuid not null references account (account_id),
  issued_at bigint not null
);
create index issuing_by_age on issuing (issued_at);
