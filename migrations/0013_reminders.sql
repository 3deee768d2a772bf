-- Requests to report (NTF-04, MY-20): planned a day ahead, sent at most once a person, day and round.

create table reminder (
  case_id uuid not null,
  -- The day in Japan.
  day date not null,
  -- 1, or 2 where nothing was reported by a later hour.
  round bigint not null,
  due_at bigint not null,
  -- planned; queued: with the messages below, which say how it went on; skipped, cancelled, missed: none went out
  state text not null,
  -- Why none went out: reported, ended, stopped, no_address, … or empty
  reason text not null,
  -- How it went: mail, sms, push, call, or empty
  channel text not null,
  -- The message, or the first of several.
  message_id uuid,
  primary key (case_id, day, round)
);
-- What is due is a range of this index, and what is done is not in it.
create index reminder_due on reminder (due_at, case_id) where state = 'planned';

-- The messages that go to an account, which may speak of several people, and of which one person may get several.
create table reminder_message (
  case_id uuid not null,
  day date not null,
  round bigint not null,
  message_id uuid not null,
  primary key (case_id, day, round, message_id)
);
create index reminder_message_by_id on reminder_message (message_id);

-- How far the planning of a day has come: it goes on from here, in whatever process.
create table reminder_plan (
  day date not null primary key,
  -- The people who are walked through: by the last day of observation, first those without one, then by person.
  ends_on date,
  case_id uuid not null,
  planned bigint not null,
  finished_at bigint
);

-- The planner walks through those whose observation has not ended, however many there were before.
create index cases_by_end on cases (observed_until, case_id);

-- The policy of a centre (NTF-08).
alter table organization add column sends_reminders boolean not null default true;
-- Hours of the day in Japan; 0 for no second one.
alter table organization add column reminder_hour bigint not null default 8;
alter table organization add column reminder_second_hour bigint not null default 11;
-- push, mail, sms, call: those that the centre lets be used, separated by commas
alter table organization add column reminder_channels text not null default 'push,mail,sms,call';

-- Who stopped the requests: center; sms: by a reply; mail: by its link; wish: asked for in My HER-SYS. Empty while they are sent.
alter table contact_preference add column stopped_by text not null default '';

-- Why a wish was declined.
alter table patient_request add column answer text not null default '';

-- Where a mail is unsubscribed from (RFC 8058): the token of its link.
alter table message add column unsubscribe text not null default '';

-- Codes never wait behind reminders, and what is done is in no index that new messages go through.
drop index message_due;
create index message_due on message (purpose, due_at) where status = 'waiting';
drop index message_by_provider_id;
create index message_by_provider_id on message (provider_id) where provider_id is not null;

-- An open wish to the centre, on its board: stop, call, resume, or empty.
alter table board_person add column wish text not null default '';
