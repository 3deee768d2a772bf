-- A number that was taken away is never given again: the judge takes lines away by their numbers.
create table watch_pending_kept as select case_id from watch_pending order by seq;
drop table watch_pending;
create table watch_pending (
  seq integer not null primary key autoincrement,
  case_id uuid not null
);
insert into watch_pending (case_id) select case_id from watch_pending_kept;
drop table watch_pending_kept;
