-- How people are reached: what they ask of their centre, and the devices that take notifications.

-- What a person asked for in My HER-SYS, until the centre has settled it.
create table patient_request (
  case_id uuid not null,
  request_id uuid not null,
  -- stop: no messages any more; call: by telephone instead; resume: messages again
  wish text not null,
  asked_at bigint not null,
  -- The account of My HER-SYS.
  asked_by uuid not null,
  settled_at bigint,
  settled_by uuid,
  settled_by_organization_id uuid,
  -- done, declined, withdrawn
  outcome text,
  primary key (case_id, request_id)
);
-- One open wish of a kind: asking twice is asking once.
create unique index patient_request_once on patient_request (case_id, wish) where settled_at is null;

-- A browser that takes notifications for an account (Web Push, RFC 8030): its keys encrypt what is sent (RFC 8291).
create table push_subscription (
  account_id uuid not null,
  subscription_id uuid not null,
  endpoint text not null,
  -- base64url
  p256dh text not null,
  auth text not null,
  created_at bigint not null,
  -- The push service said that it is gone.
  gone_at bigint,
  primary key (account_id, subscription_id)
);
create index push_subscription_by_id on push_subscription (subscription_id);
create unique index push_subscription_once on push_subscription (account_id, endpoint);

-- What a message is for: reminder (to be checked once more before it leaves), or nothing.
alter table message add column purpose text not null default '';
