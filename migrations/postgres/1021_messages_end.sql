-- Whatever waits to be sent to one person ends with the observation, and with a death, in the same transaction (NTF-11):
-- an invitation as well as a request to report.
create function person_messages_end(person uuid, after_day date) returns void language sql as $$
  update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
  where case_id = person and status || '' = 'waiting'
    and (after_day is null or (to_timestamp(due_at / 1000.0) at time zone 'Asia/Tokyo')::date > after_day)
$$;

-- The days are Japan's. What is due on the last day still is; later than that nobody is written to.
create function messages_observation_ended() returns trigger language plpgsql as $$
begin
  perform person_messages_end(new.case_id, new.observed_until);
  return null;
end
$$;
create trigger messages_observation_ended after update of observed_until on cases
  for each row when (new.observed_until is not null and old.observed_until is distinct from new.observed_until)
  execute function messages_observation_ended();

create function messages_person_died() returns trigger language plpgsql as $$
begin
  perform person_messages_end(new.case_id, null);
  return null;
end
$$;
create trigger messages_person_died after insert or update of body on document
  for each row when (new.tab = 'episode' and (coalesce(new.body ->> 'died_on', '') <> ''
                     or coalesce(new.body ->> 'diagnosis_type', '') in ('died', 'died_suspected')))
  execute function messages_person_died();

-- An SMS to several people that did not arrive is news of all of whom it speaks, as a mail is.
create trigger watch_reminder_delivery after update of delivery on message
  for each row when (new.case_id is null and new.purpose = 'reminder'
                     and new.delivery in ('delivered', 'undelivered', 'failed'))
  execute function watch_reminder_message();
