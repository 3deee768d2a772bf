-- The chain over the audit (SEC-12): a link an entry, in the order of sealing. Entries are written
-- without a link, so that no transaction waits for the chain; a sealer links them afterwards.

create table audit_seal (
  seq bigint not null primary key,
  audit_id uuid not null,
  previous_hash bytea not null,
  -- SHA-256 over the previous hash, seq and the entry
  hash bytea not null
);
create unique index audit_seal_by_entry on audit_seal (audit_id);

-- Entries without a link yet: filled by a trigger of each database, emptied by the sealer.
create table audit_unsealed (
  audit_id uuid not null primary key
);

-- The end of the chain: one row. Whoever seals holds it, so that there is one sealer at a time.
create table audit_head (
  chain bigint not null primary key,
  seq bigint not null,
  hash bytea
);
insert into audit_head (chain, seq, hash) values (1, 0, null);

create index audit_by_organization on audit (organization_id, at);
create index audit_by_time on audit (at);

-- A search in the audit, kept here so that the address bar carries no personal data.
create table audit_search (
  search_id uuid not null primary key,
  account_id uuid not null references account (account_id),
  criteria jsonb not null,
  created_at bigint not null
);
create index audit_search_by_age on audit_search (created_at);
