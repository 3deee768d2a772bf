-- Accounts have a life: a first password that must be replaced, an age of the password, an end.
alter table account add column must_change_password boolean not null default false;
alter table account add column password_changed_at bigint;
alter table account add column ended_at bigint;
-- sms, call, app, passkey: how the account proved itself last, and by which number; offered first next time.
alter table account add column last_method text;
alter table account add column last_phone text;

-- The hashes of passwords that were replaced: none of the last ones comes back.
create table password_history (
  account_id uuid not null references account (account_id),
  entry_id uuid not null,
  password_hash text not null,
  replaced_at bigint not null,
  primary key (account_id, entry_id)
);

-- Second factors besides telephone numbers.
create table account_factor (
  account_id uuid not null references account (account_id),
  factor_id uuid not null,
  -- app, passkey
  kind text not null,
  name text not null,
  -- A passkey's public key and counter. An app's seed is derived, never stored.
  credential jsonb,
  credential_id bytea unique,
  -- The latest time step whose code an app has used up.
  last_step bigint,
  created_at bigint not null,
  last_used_at bigint,
  primary key (account_id, factor_id)
);

-- What a proof under way is for: sign_in, or factor (somebody signed in adds a factor).
alter table staff_sign_in add column purpose text not null default 'sign_in';
-- sms, call, app, passkey
alter table staff_sign_in add column method text;
alter table staff_sign_in add column phone text;
-- The method of the latest sending (code_sent_at).
alter table staff_sign_in add column sent_by text;
-- The number is new to the account and becomes its own once proved.
alter table staff_sign_in add column registers boolean not null default false;
-- The number that the new one takes the place of.
alter table staff_sign_in add column replaces text;
-- The call under way: its token (hashed), and calling, approved, failed.
alter table staff_sign_in add column call_hash bytea;
alter table staff_sign_in add column call_state text;
-- What a passkey or an app is asked to prove.
alter table staff_sign_in add column challenge jsonb;
alter table staff_sign_in add column proved_at bigint;
create unique index staff_sign_in_by_call on staff_sign_in (call_hash);

alter table staff_session add column session_id uuid;
alter table staff_session add column network text not null default '';
-- When the password was given last: changes of factors ask for a recent one.
alter table staff_session add column proved_at bigint;

-- The account that an event is about.
alter table center_event add column account_id uuid;
create index center_event_by_account on center_event (account_id, at);
