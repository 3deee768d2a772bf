-- Whatever waits to be sent to one person ends with the observation, and with a death, in the same transaction (NTF-11):
-- an invitation as well as a request to report. The days are Japan's; what is due on the last day still is.
create trigger messages_observation_ended after update of observed_until on cases
when new.observed_until is not null and old.observed_until is not new.observed_until
begin
  update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
  where case_id = new.case_id and status || '' = 'waiting'
    and date(due_at / 1000 + 32400, 'unixepoch') > new.observed_until;
end;

create trigger messages_person_died after insert on document
when new.tab = 'episode' and (coalesce(new.body ->> 'died_on', '') <> ''
                              or coalesce(new.body ->> 'diagnosis_type', '') in ('died', 'died_suspected'))
begin
  update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
  where case_id = new.case_id and status || '' = 'waiting';
end;

create trigger messages_person_died_later after update of body on document
when new.tab = 'episode' and (coalesce(new.body ->> 'died_on', '') <> ''
                              or coalesce(new.body ->> 'diagnosis_type', '') in ('died', 'died_suspected'))
begin
  update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
  where case_id = new.case_id and status || '' = 'waiting';
end;

-- An SMS to several people that did not arrive is news of all of whom it speaks, as a mail is.
create trigger watch_reminder_delivery after update of delivery on message
when new.case_id is null and new.purpose = 'reminder' and new.delivery in ('delivered', 'undelivered', 'failed')
begin insert into watch_pending (case_id) select case_id from reminder_message where message_id = new.message_id; end;
