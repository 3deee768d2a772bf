-- Append-only (SEC-12): what was written to the audit and its chain is never changed or removed.

create trigger audit_no_update before update on audit
begin select raise(abort, 'the audit is append-only'); end;

create trigger audit_no_delete before delete on audit
begin select raise(abort, 'the audit is append-only'); end;

create trigger audit_seal_no_update before update on audit_seal
begin select raise(abort, 'the audit is append-only'); end;

create trigger audit_seal_no_delete before delete on audit_seal
begin select raise(abort, 'the audit is append-only'); end;

-- Every entry waits for its link, whoever writes it.
create trigger audit_awaits_seal after insert on audit
begin insert into audit_unsealed (audit_id) values (new.audit_id); end;

insert into audit_unsealed (audit_id) select audit_id from audit;
