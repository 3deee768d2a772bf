-- One set for SQLite and PostgreSQL: only types and clauses that both read the same way.
-- Instants are milliseconds since 1970 (bigint), days are dates, ids are uuids.

-- What this database belongs to: a keyed hash that tells the right HERSYS_SECRET_KEY, the mark of a demo.
create table installation (
  name text not null primary key,
  value bytea not null
);

-- Reference tables -----------------------------------------------------------------------------

create table organization (
  organization_id uuid not null primary key,
  -- ministry, head_office, health_center, medical_institution, follow_up, accommodation, information_center
  kind text not null,
  name text not null,
  code text,
  -- JIS X 0401, two digits
  prefecture_code text not null,
  -- The head office that governs a health centre; the health centre (所管保健所) of the others.
  governing_id uuid references organization (organization_id),
  phone text not null,
  address text not null,
  created_at bigint not null
);
create unique index organization_by_code on organization (kind, code);
create index organization_by_governing on organization (governing_id);

create table account (
  account_id uuid not null primary key,
  organization_id uuid not null references organization (organization_id),
  sign_in_id text not null unique,
  display_name text not null,
  password_hash text not null,
  is_issuer boolean not null,
  suspended_at bigint,
  created_at bigint not null
);
create index account_by_organization on account (organization_id);

create table account_phone (
  account_id uuid not null references account (account_id),
  number text not null,
  created_at bigint not null,
  primary key (account_id, number)
);

-- Staff sign-in --------------------------------------------------------------------------------

-- A sign-in under way: after the password, before the second factor. The cookie holds the token.
create table staff_sign_in (
  token_hash bytea not null primary key,
  account_id uuid not null references account (account_id),
  code_hash bytea,
  code_sent_at bigint,
  tries bigint not null,
  sendings bigint not null,
  expires_at bigint not null
);
create index staff_sign_in_by_account on staff_sign_in (account_id, code_sent_at);

create table staff_session (
  token_hash bytea not null primary key,
  account_id uuid not null references account (account_id),
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null
);
create index staff_session_by_account on staff_session (account_id);

-- A search, kept here so that the address bar carries no personal data.
create table case_search (
  search_id uuid not null primary key,
  account_id uuid not null references account (account_id),
  criteria jsonb not null,
  created_at bigint not null
);
create index case_search_by_age on case_search (created_at);

-- Wrong passwords and codes, by what they were aimed at (a keyed hash of it).
create table failed_attempt (
  subject_hash bytea not null,
  attempt_id uuid not null,
  at bigint not null,
  primary key (subject_hash, attempt_id)
);
create index failed_attempt_by_age on failed_attempt (at);

-- Cases: everything that belongs to a person carries case_id, first in its key -------------------

create table cases (
  case_id uuid not null primary key,
  -- patient, contact
  kind text not null,
  hersys_id text not null,
  responsible_center_id uuid not null,
  receiving_center_id uuid,
  entered_by_organization_id uuid not null,
  index_case_id uuid,
  observed_from date,
  observed_until date,
  created_at bigint not null,
  created_by uuid not null
);

-- Index table: who has this HER-SYS ID.
create table case_by_hersys_id (
  hersys_id text not null primary key,
  case_id uuid not null
);

-- Why an organisation may reach a case: responsible, receiving, related, entered, governing, …
create table case_relation (
  case_id uuid not null,
  organization_id uuid not null,
  relation text not null,
  created_at bigint not null,
  primary key (case_id, organization_id, relation)
);

-- Index table: the cases that an organisation may reach, with what its lists show and search by.
-- Rewritten from the case's documents by one pure function; never the source of anything.
create table case_index (
  organization_id uuid not null,
  case_id uuid not null,
  kind text not null,
  hersys_id text not null,
  name text not null,
  -- 氏名 without spaces
  name_key text not null,
  kana text not null,
  kana_key text not null,
  birth_on date,
  sex text,
  responsible_center_id uuid not null,
  created_at bigint not null,
  primary key (organization_id, case_id)
);
create index case_index_by_created on case_index (organization_id, created_at, case_id);
create index case_index_by_kana on case_index (organization_id, kana_key, case_id);
create index case_index_by_name on case_index (organization_id, name_key, case_id);
create index case_index_by_birth on case_index (organization_id, birth_on, case_id);
create index case_index_by_hersys_id on case_index (organization_id, hersys_id);
create index case_index_by_case on case_index (case_id);

create table case_phone_index (
  organization_id uuid not null,
  phone text not null,
  case_id uuid not null,
  primary key (organization_id, phone, case_id)
);
create index case_phone_index_by_case on case_phone_index (case_id);

-- What is edited as a page: the current version, and every version.
create table document (
  case_id uuid not null,
  tab text not null,
  version bigint not null,
  body jsonb not null,
  updated_at bigint not null,
  updated_by uuid not null,
  primary key (case_id, tab)
);

create table document_history (
  case_id uuid not null,
  tab text not null,
  version bigint not null,
  body jsonb not null,
  updated_at bigint not null,
  updated_by uuid not null,
  organization_id uuid not null,
  primary key (case_id, tab, version)
);

create table observation (
  case_id uuid not null,
  report_id uuid not null,
  -- patient, call_out, call_in, staff, institution
  source text not null,
  observed_on date not null,
  received_at bigint not null,
  -- tenths of a degree Celsius
  temperature bigint,
  -- percent
  spo2 bigint,
  symptom_set_version bigint not null,
  symptoms jsonb not null,
  emergency_signs jsonb not null,
  note text not null,
  -- The patient account or staff account that entered it.
  entered_by uuid not null,
  primary key (case_id, report_id)
);

-- A link in an SMS that fills in the HER-SYS ID.
create table invitation (
  token_hash bytea not null primary key,
  case_id uuid not null,
  expires_at bigint not null
);

-- Something that a health centre should know of.
create table center_event (
  organization_id uuid not null,
  event_id uuid not null,
  kind text not null,
  case_id uuid,
  at bigint not null,
  seen_at bigint,
  primary key (organization_id, event_id)
);
create index center_event_by_time on center_event (organization_id, at);

-- Patients ---------------------------------------------------------------------------------------

create table patient_account (
  account_id uuid not null primary key,
  mail text not null,
  password_hash text not null,
  created_at bigint not null
);

-- Index table: the account behind a keyed hash of a mail address.
create table patient_account_by_mail (
  mail_hash bytea not null primary key,
  account_id uuid not null
);

create table patient_session (
  token_hash bytea not null primary key,
  account_id uuid not null,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null
);
create index patient_session_by_account on patient_session (account_id);

create table patient_person (
  account_id uuid not null,
  person_id uuid not null,
  case_id uuid not null,
  -- As typed at registration; never changed (MY-13).
  name text not null,
  linked_at bigint not null,
  primary key (account_id, person_id)
);
create unique index patient_person_by_case on patient_person (account_id, case_id);
create index patient_account_of_case on patient_person (case_id);

create table mail_code (
  ticket uuid not null primary key,
  mail_hash bytea not null,
  -- registration, password_reset, mail_change
  purpose text not null,
  mail text not null,
  -- The account that asked (mail_change), or that the address belongs to (password_reset).
  account_id uuid,
  code_hash bytea not null,
  tries bigint not null,
  sent_at bigint not null,
  expires_at bigint not null,
  confirmed_at bigint,
  used_at bigint
);
create index mail_code_by_mail on mail_code (mail_hash, sent_at);

-- How many codes went to an address: one row an address, so that the limit holds under any concurrency.
create table mail_quota (
  mail_hash bytea not null primary key,
  last_sent_at bigint not null,
  day_began_at bigint not null,
  sent_that_day bigint not null
);

create table link_attempt (
  account_id uuid not null,
  attempt_id uuid not null,
  hersys_id text not null,
  at bigint not null,
  primary key (account_id, attempt_id)
);
create index link_attempt_by_hersys_id on link_attempt (hersys_id, at);

-- Messages and audit -----------------------------------------------------------------------------

-- The durable outbox. The body is wiped once it was handed over.
create table message (
  message_id uuid not null primary key,
  -- mail, sms, call
  channel text not null,
  recipient text not null,
  subject text not null,
  body text not null,
  case_id uuid,
  created_at bigint not null,
  due_at bigint not null,
  -- After this there is no point in sending.
  expires_at bigint not null,
  -- waiting, sent, kept, failed, expired
  status text not null,
  attempts bigint not null,
  leased_until bigint,
  provider_id text,
  -- The provider's word on the delivery: delivered, undelivered, …
  delivery text,
  last_error text,
  finished_at bigint
);
create index message_due on message (status, due_at);
create index message_by_provider_id on message (provider_id);
create index message_by_case on message (case_id, created_at);

create table audit (
  audit_id uuid not null primary key,
  at bigint not null,
  -- staff, patient, system
  actor text not null,
  account_id uuid,
  organization_id uuid,
  action text not null,
  case_id uuid,
  detail jsonb not null,
  network text not null
);
create index audit_by_case on audit (case_id, at);
create index audit_by_account on audit (account_id, at);
