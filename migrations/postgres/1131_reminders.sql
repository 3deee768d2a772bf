-- As in 1013, but the few messages of a person are found by their ids, never among all that wait.
create or replace function reminder_messages_end(person uuid) returns void language sql as $$
  update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
  where status || '' = 'waiting' and purpose || '' = 'reminder'
    and message_id in (
      select message_id from reminder where case_id = person and state = 'cancelled' and message_id is not null
      union select message_id from reminder_message where case_id = person)
    and not exists (
      select 1 from reminder_message m
      join reminder r on r.case_id = m.case_id and r.day = m.day and r.round = m.round
      where m.message_id = message.message_id and r.state = 'queued')
$$;
