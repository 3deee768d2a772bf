-- The rows of these two are their own keys: kept in the key's order, and nowhere else.
create table case_name_key (
  organization_id uuid not null,
  pair text not null,
  case_id uuid not null,
  primary key (organization_id, pair, case_id)
) without rowid;
insert into case_name_key select organization_id, pair, case_id from case_name_index order by 1, 2, 3;
drop table case_name_index;
alter table case_name_key rename to case_name_index;

create table case_phone_key (
  organization_id uuid not null,
  phone text not null,
  case_id uuid not null,
  primary key (organization_id, phone, case_id)
) without rowid;
insert into case_phone_key select organization_id, phone, case_id from case_phone_index order by 1, 2, 3;
drop table case_phone_index;
alter table case_phone_key rename to case_phone_index;
create index case_phone_index_by_case on case_phone_index (case_id);
