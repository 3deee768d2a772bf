-- 届出受付: the inbox of a health centre, what it asks the institution about a notification, and the
-- tokens by which an institution's own system files.

-- One row a notification, in the inbox of its 届出先保健所. Written by the transaction that files,
-- changes or removes the notification, and by what the centre does with it.
create table notification_inbox (
  case_id uuid not null,
  notification_id uuid not null,
  center_id uuid not null,
  -- Whoever filed it; the centre itself where it entered what came by fax.
  institution_id uuid not null,
  -- As the notification names it.
  institution_name text not null,
  -- fax, phone, paper: how it reached the centre that entered it (FORM-03).
  proxy_for text,
  -- new, changed, asked, answered, confirmed, reported, deleted
  state text not null,
  -- Where it stands in the list: first what waits for the centre, the oldest on top; then what waits
  -- for the institution; then what is done, the newest on top.
  place bigint not null,
  version bigint not null,
  arrived_at bigint not null,
  changed_at bigint not null,
  confirmed_version bigint,
  confirmed_at bigint,
  confirmed_by uuid,
  -- 県へ報告
  reported_version bigint,
  reported_at bigint,
  reported_by uuid,
  -- 担当
  assignee_id uuid,
  -- What the list says of the content, so that it reads no document.
  diagnosis_type text not null,
  age bigint,
  is_clinical boolean not null,
  is_admitted boolean not null,
  severity text not null,
  -- Legal items that are empty.
  missing bigint not null,
  -- 重複の疑い: who may be the same person.
  lookalike_id uuid,
  primary key (case_id, notification_id)
);
create index notification_inbox_by_place on notification_inbox (center_id, place, notification_id);
create index notification_inbox_by_state on notification_inbox (center_id, state, place, notification_id);
create index notification_inbox_by_institution on notification_inbox (center_id, institution_id, place, notification_id);
create index notification_inbox_by_assignee on notification_inbox (center_id, assignee_id, place, notification_id);
create index notification_inbox_by_day on notification_inbox (center_id, arrived_at);
-- An institution's own: what it has filed, and where it is asked something.
create index notification_inbox_filed on notification_inbox (institution_id, arrived_at, notification_id);
create index notification_inbox_asked on notification_inbox (institution_id) where state = 'asked';
create index notification_inbox_by_id on notification_inbox (notification_id);

-- 照会: what the centre asks and the institution answers, as a thread.
create table notification_question (
  case_id uuid not null,
  notification_id uuid not null,
  question_id uuid not null,
  -- question, answer
  kind text not null,
  body text not null,
  at bigint not null,
  account_id uuid not null,
  organization_id uuid not null,
  primary key (case_id, notification_id, question_id)
);

-- What an institution's own system signs in with. Only the hash is kept.
create table institution_token (
  token_id uuid not null primary key,
  organization_id uuid not null references organization (organization_id),
  name text not null,
  token_hash bytea not null unique,
  created_at bigint not null,
  created_by uuid not null,
  expires_at bigint not null,
  last_used_at bigint,
  revoked_at bigint,
  revoked_by uuid
);
create index institution_token_by_organization on institution_token (organization_id, created_at);
