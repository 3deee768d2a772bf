-- Ending an observation, or stopping the requests, ends what waits in the same transaction (NTF-11, OBS-13). A message
-- to an account goes on while it is due for somebody else.
create trigger reminder_ended after update of observed_from, observed_until on cases
when old.observed_from is not new.observed_from or old.observed_until is not new.observed_until
begin
  update reminder set state = 'cancelled', reason = 'ended'
  where case_id = new.case_id and state in ('planned', 'queued')
    and (new.observed_from is null or day < new.observed_from or day > coalesce(new.observed_until, '9999-12-31'));
  update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
  where status = 'waiting' and purpose = 'reminder'
    and message_id in (
      select message_id from reminder where case_id = new.case_id and state = 'cancelled' and message_id is not null
      union select message_id from reminder_message where case_id = new.case_id)
    and not exists (
      select 1 from reminder_message m
      join reminder r on r.case_id = m.case_id and r.day = m.day and r.round = m.round
      where m.message_id = message.message_id and r.state = 'queued');
end;

create trigger reminder_stopped after insert on contact_preference when new.stopped_at is not null
begin
  update reminder set state = 'cancelled', reason = 'stopped'
  where case_id = new.case_id and state in ('planned', 'queued');
  update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
  where status = 'waiting' and purpose = 'reminder'
    and message_id in (
      select message_id from reminder where case_id = new.case_id and state = 'cancelled' and message_id is not null
      union select message_id from reminder_message where case_id = new.case_id)
    and not exists (
      select 1 from reminder_message m
      join reminder r on r.case_id = m.case_id and r.day = m.day and r.round = m.round
      where m.message_id = message.message_id and r.state = 'queued');
end;

create trigger reminder_stopped_later after update of stopped_at on contact_preference
when new.stopped_at is not null and old.stopped_at is null
begin
  update reminder set state = 'cancelled', reason = 'stopped'
  where case_id = new.case_id and state in ('planned', 'queued');
  update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
  where status = 'waiting' and purpose = 'reminder'
    and message_id in (
      select message_id from reminder where case_id = new.case_id and state = 'cancelled' and message_id is not null
      union select message_id from reminder_message where case_id = new.case_id)
    and not exists (
      select 1 from reminder_message m
      join reminder r on r.case_id = m.case_id and r.day = m.day and r.round = m.round
      where m.message_id = message.message_id and r.state = 'queued');
end;

-- A centre's policy counts for all whom it observes.
create trigger watch_reminder_policy
after update of sends_reminders, reminder_hour, reminder_second_hour, reminder_channels on organization
when old.sends_reminders <> new.sends_reminders or old.reminder_hour <> new.reminder_hour
begin insert into watch_pending (case_id) select case_id from board_person where organization_id = new.organization_id; end;

-- A mail to an account that did not arrive is news of all of whom it speaks.
create trigger watch_reminder_message after update of status on message
when new.case_id is null and new.purpose = 'reminder' and new.status in ('failed', 'expired')
begin insert into watch_pending (case_id) select case_id from reminder_message where message_id = new.message_id; end;
