-- The end by tests that a centre did not want: beside the computed one, each of which may be proposed.
alter table observation_period add column declined_tests_until date;

-- When looking at a board that renews itself was last noted in the audit.
alter table staff_session add column board_noted_at bigint not null default 0;
