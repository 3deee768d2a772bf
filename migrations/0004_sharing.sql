-- Who else reaches a person than those who follow from the case itself: 関係保健所 (SHR-01), linked
-- follow-up organisations (FUP-02), facilities of guests (FUP-05). Never deleted: what has ended is
-- the history. case_relation and case_index are computed from here and from case_transfer.
create table case_sharing (
  case_id uuid not null,
  sharing_id uuid not null,
  -- related, linked, guest
  relation text not null,
  organization_id uuid not null,
  since bigint not null,
  set_by uuid not null,
  set_by_organization_id uuid not null,
  ended_at bigint,
  ended_by uuid,
  ended_by_organization_id uuid,
  primary key (case_id, sharing_id)
);
create unique index case_sharing_once on case_sharing (case_id, relation, organization_id) where ended_at is null;
create index case_sharing_by_organization on case_sharing (organization_id, case_id);

-- 担当保健所 handed from centre to centre: a proposal and its answer.
create table case_transfer (
  case_id uuid not null,
  transfer_id uuid not null,
  from_center_id uuid not null,
  to_center_id uuid not null,
  note text not null,
  -- Whether the former centre stays as 関係保健所.
  keeps_access boolean not null,
  -- open, accepted, returned, withdrawn
  status text not null,
  offered_at bigint not null,
  offered_by uuid not null,
  -- Why it was returned.
  reason text,
  ended_at bigint,
  ended_by uuid,
  primary key (case_id, transfer_id)
);
create unique index case_transfer_one_open on case_transfer (case_id) where status = 'open';
create index case_transfer_inbox on case_transfer (to_center_id, status, offered_at);
create index case_transfer_outbox on case_transfer (from_center_id, status, offered_at);

-- Why a person stands in a list, as far as the list says so: shared by another centre, offered for
-- hand-over, reached by nothing but a link.
alter table case_index add column is_shared boolean not null default false;
alter table case_index add column is_offered boolean not null default false;
alter table case_index add column is_linked boolean not null default false;
create index case_index_shared on case_index (organization_id, created_at, case_id) where is_shared;
create index case_index_offered on case_index (organization_id, created_at, case_id) where is_offered;

-- Where an organisation is told that something waits for it.
alter table organization add column mail text;
