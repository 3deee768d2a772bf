-- Whose period is to be computed anew: one line a change of what it follows from, written by triggers.
create table period_pending (
  seq bigint generated always as identity primary key,
  case_id uuid not null
);

create function period_row() returns trigger language plpgsql as $$
begin
  insert into period_pending (case_id) values (new.case_id);
  return null;
end
$$;

create function period_new_rows() returns trigger language plpgsql as $$
begin
  insert into period_pending (case_id) select distinct case_id from changed;
  return null;
end
$$;

-- Whoever is entered with an end has it from a centre.
create function period_new_cases() returns trigger language plpgsql as $$
begin
  insert into period_pending (case_id) select case_id from changed where observed_until is null;
  return null;
end
$$;

create trigger period_case after insert on cases
  referencing new table as changed for each statement execute function period_new_cases();
create trigger period_case_changed after update of kind on cases
  for each row when (old.kind <> new.kind) execute function period_row();

create trigger period_episode after update on document
  for each row when (new.tab = 'episode') execute function period_row();

create trigger period_notification after insert on notification
  referencing new table as changed for each statement execute function period_new_rows();
create trigger period_notification_changed after update on notification
  referencing new table as changed for each statement execute function period_new_rows();

-- What the board shows of it.
create trigger watch_period after insert on observation_period
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_period_changed after update on observation_period
  referencing new table as changed for each statement execute function watch_new_rows();

-- Whoever is observed already. A day of grace, because days are those of Japan.
insert into period_pending (case_id)
select case_id from cases
where observed_from is not null and (observed_until is null or observed_until >= current_date - 1);
