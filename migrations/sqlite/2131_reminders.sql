-- As in 2013, but the few messages of a person are found by their ids, never among all that wait.

drop trigger reminder_ended;
create trigger reminder_ended after update of observed_from, observed_until on cases
when old.observed_from is not new.observed_from or old.observed_until is not new.observed_until
begin
  update reminder set state = 'cancelled', reason = 'ended'
  where case_id = new.case_id and state in ('planned', 'queued')
    and (new.observed_from is null or day < new.observed_from or day > coalesce(new.observed_until, '9999-12-31'));
  update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
  where status || '' = 'waiting' and purpose || '' = 'reminder'
    and message_id in (
      select message_id from reminder where case_id = new.case_id and state = 'cancelled' and message_id is not null
      union select message_id from reminder_message where case_id = new.case_id)
    and not exists (
      select 1 from reminder_message m
      join reminder r on r.case_id = m.case_id and r.day = m.day and r.round = m.round
      where m.message_id = message.message_id and r.state = 'queued');
end;

drop trigger reminder_stopped;
create trigger reminder_stopped after insert on contact_preference when new.stopped_at is not null
begin
  update reminder set state = 'cancelled', reason = 'stopped'
  where case_id = new.case_id and state in ('planned', 'queued');
  update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
  where status || '' = 'waiting' and purpose || '' = 'reminder'
    and message_id in (
      select message_id from reminder where case_id = new.case_id and state = 'cancelled' and message_id is not null
      union select message_id from reminder_message where case_id = new.case_id)
    and not exists (
      select 1 from reminder_message m
      join reminder r on r.case_id = m.case_id and r.day = m.day and r.round = m.round
      where m.message_id = message.message_id and r.state = 'queued');
end;

drop trigger reminder_stopped_later;
create trigger reminder_stopped_later after update of stopped_at on contact_preference
when new.stopped_at is not null and old.stopped_at is null
begin
  update reminder set state = 'cancelled', reason = 'stopped'
  where case_id = new.case_id and state in ('planned', 'queued');
  update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
  where status || '' = 'waiting' and purpose || '' = 'reminder'
    and message_id in (
      select message_id from reminder where case_id = new.case_id and state = 'cancelled' and message_id is not null
      union select message_id from reminder_message where case_id = new.case_id)
    and not exists (
      select 1 from reminder_message m
      join reminder r on r.case_id = m.case_id and r.day = m.day and r.round = m.round
      where m.message_id = message.message_id and r.state = 'queued');
end;
