-- Ending an observation, or stopping the requests, ends what waits in the same transaction (NTF-11, OBS-13). A message
-- to an account goes on while it is due for somebody else.
create function reminder_messages_end(person uuid) returns void language sql as $$
  update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
  where status = 'waiting' and purpose = 'reminder'
    and message_id in (
      select message_id from reminder where case_id = person and state = 'cancelled' and message_id is not null
      union select message_id from reminder_message where case_id = person)
    and not exists (
      select 1 from reminder_message m
      join reminder r on r.case_id = m.case_id and r.day = m.day and r.round = m.round
      where m.message_id = message.message_id and r.state = 'queued')
$$;

create function reminder_ended() returns trigger language plpgsql as $$
begin
  update reminder set state = 'cancelled', reason = 'ended'
  where case_id = new.case_id and state in ('planned', 'queued')
    and (new.observed_from is null or day < new.observed_from or day > coalesce(new.observed_until, '9999-12-31'));
  perform reminder_messages_end(new.case_id);
  return null;
end
$$;
create trigger reminder_ended after update of observed_from, observed_until on cases
  for each row when (old.observed_from is distinct from new.observed_from
                     or old.observed_until is distinct from new.observed_until)
  execute function reminder_ended();

create function reminder_stopped() returns trigger language plpgsql as $$
begin
  update reminder set state = 'cancelled', reason = 'stopped'
  where case_id = new.case_id and state in ('planned', 'queued');
  perform reminder_messages_end(new.case_id);
  return null;
end
$$;
create trigger reminder_stopped after insert on contact_preference
  for each row when (new.stopped_at is not null) execute function reminder_stopped();
create trigger reminder_stopped_later after update of stopped_at on contact_preference
  for each row when (new.stopped_at is not null and old.stopped_at is null) execute function reminder_stopped();

-- A centre's policy counts for all whom it observes.
create function watch_reminder_policy() returns trigger language plpgsql as $$
begin
  insert into watch_pending (case_id) select case_id from board_person where organization_id = new.organization_id;
  return null;
end
$$;
create trigger watch_reminder_policy
  after update of sends_reminders, reminder_hour, reminder_second_hour, reminder_channels on organization
  for each row when (old.sends_reminders <> new.sends_reminders or old.reminder_hour <> new.reminder_hour)
  execute function watch_reminder_policy();

-- A mail to an account that did not arrive is news of all of whom it speaks.
create function watch_reminder_message() returns trigger language plpgsql as $$
begin
  insert into watch_pending (case_id) select case_id from reminder_message where message_id = new.message_id;
  return null;
end
$$;
create trigger watch_reminder_message after update of status on message
  for each row when (new.case_id is null and new.purpose = 'reminder' and new.status in ('failed', 'expired'))
  execute function watch_reminder_message();
