-- What a provider told of a delivery before its answer with the id was stored: kept until the message is known.
create table delivery_told (
  provider_id text not null primary key,
  delivery text not null,
  error text,
  told_at bigint not null
);

-- A browser belongs to whoever subscribed in it last: the others are found by its address.
create index push_subscription_by_endpoint on push_subscription (endpoint);
