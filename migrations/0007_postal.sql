-- Postal codes (FORM-12), replaced as a whole by `hersys import postal`. No personal data.
create table postal_code (
  code text not null,
  prefecture text not null,
  city text not null,
  -- Without what is no part of an address: 「以下に掲載がない場合」 and most brackets.
  town text not null,
  -- The whole reading in full-width katakana.
  kana text not null,
  -- The place in the imported file: the order of choices.
  position bigint not null,
  primary key (code, prefecture, city, town)
);

-- NTF-08: 通知の運用は各保健所によって違う. Whether a centre's people get the notice of URL and ID unless
-- their own 通知設定 says otherwise, and whether institutions may send it (NTF-09: after agreeing).
alter table organization add column sends_url_notice boolean not null default true;
alter table organization add column institutions_may_notify boolean not null default false;

-- A registration between 【確認】 and 【登録】: on the server, never on the terminal (SEC-10). Its own
-- writer's alone; purged after a day.
create table registration_draft (
  draft_id uuid not null primary key,
  account_id uuid not null,
  typed jsonb not null,
  updated_at bigint not null
);
create index registration_draft_by_account on registration_draft (account_id);
create index registration_draft_by_age on registration_draft (updated_at);
