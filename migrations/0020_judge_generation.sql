-- Counts whoever held the judge: what was read before is written only where nobody has held it since.
alter table watch_judge add column generation bigint not null default 0;
