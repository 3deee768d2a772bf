-- 発生届: each notification of a person, every version of it, and what is not yet reported.

-- The notification as it stands. A deleted one stays as a mark without content (FORM-26): that it
-- existed is known, what it said is gone from here.
create table notification (
  case_id uuid not null,
  notification_id uuid not null,
  version bigint not null,
  -- The edition of the form and the values of its items.
  content jsonb not null,
  receiving_center_id uuid not null,
  -- Whoever reported it first, and for which organisation. FORM-03: a health centre may do so for an
  -- institution; then it is the proxy, and how it came (fax, phone, paper) stands here.
  filed_by uuid not null,
  filed_by_organization_id uuid not null,
  proxy_for text,
  filed_at bigint not null,
  updated_at bigint not null,
  updated_by uuid not null,
  deleted_at bigint,
  deleted_by uuid,
  primary key (case_id, notification_id)
);

create table notification_history (
  case_id uuid not null,
  notification_id uuid not null,
  version bigint not null,
  content jsonb not null,
  written_at bigint not null,
  written_by uuid not null,
  organization_id uuid not null,
  primary key (case_id, notification_id, version)
);

-- What is being written and not yet reported: on the server, never on the terminal (SEC-10). One's
-- own organisation goes on with it; purged after some days.
create table notification_draft (
  draft_id uuid not null primary key,
  organization_id uuid not null,
  account_id uuid not null,
  -- Of an existing person: 新規入力, 追加登録; or an edit of a notification.
  case_id uuid,
  notification_id uuid,
  edition text not null,
  typed jsonb not null,
  -- The version that an edit began with.
  version bigint,
  -- Whether anything was typed since it was begun; until then nobody needs it again.
  is_touched boolean not null,
  updated_at bigint not null,
  -- Once it was reported: pressing twice leads to the same place.
  reported_at bigint
);
create index notification_draft_by_organization on notification_draft (organization_id, updated_at);
create index notification_draft_by_age on notification_draft (updated_at);

-- 医師マスタ: the doctors of an institution (FORM-11).
create table doctor (
  organization_id uuid not null,
  doctor_id uuid not null,
  name text not null,
  created_at bigint not null,
  primary key (organization_id, doctor_id)
);
create unique index doctor_once on doctor (organization_id, name);
