-- Whose period is to be computed anew: one line a change of what it follows from, written by triggers.
create table period_pending (
  seq integer not null primary key,
  case_id uuid not null
);

-- Whoever is entered with an end has it from a centre.
create trigger period_case after insert on cases when new.observed_until is null
begin insert into period_pending (case_id) values (new.case_id); end;
create trigger period_case_changed after update of kind on cases when old.kind <> new.kind
begin insert into period_pending (case_id) values (new.case_id); end;

create trigger period_episode after update on document when new.tab = 'episode'
begin insert into period_pending (case_id) values (new.case_id); end;

create trigger period_notification after insert on notification
begin insert into period_pending (case_id) values (new.case_id); end;
create trigger period_notification_changed after update on notification
begin insert into period_pending (case_id) values (new.case_id); end;

-- What the board shows of it.
create trigger watch_period after insert on observation_period
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_period_changed after update on observation_period
begin insert into watch_pending (case_id) values (new.case_id); end;

-- Whoever is observed already. A day of grace, because days are those of Japan.
insert into period_pending (case_id)
select case_id from cases
where observed_from is not null and (observed_until is null or observed_until >= date('now', '-1 day'));
