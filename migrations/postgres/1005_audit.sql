-- Append-only (SEC-12): what was written to the audit and its chain is never changed or removed.

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit is append-only';
end
$$;

create trigger audit_no_change before update or delete on audit
  for each row execute function audit_is_append_only();
create trigger audit_no_truncate before truncate on audit
  for each statement execute function audit_is_append_only();
create trigger audit_seal_no_change before update or delete on audit_seal
  for each row execute function audit_is_append_only();
create trigger audit_seal_no_truncate before truncate on audit_seal
  for each statement execute function audit_is_append_only();

-- Every entry waits for its link, whoever writes it.
create function audit_awaits_seal() returns trigger language plpgsql as $$
begin
  insert into audit_unsealed (audit_id) values (new.audit_id);
  return null;
end
$$;
create trigger audit_awaits_seal after insert on audit
  for each row execute function audit_awaits_seal();

insert into audit_unsealed (audit_id) select audit_id from audit;
