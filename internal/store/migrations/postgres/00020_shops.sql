-- +goose Up
-- What is known of an object of a shop. The key is a hash, because some shops put words into their ids; an erased row
-- stays, so that the shop telling the same again brings nothing back.
CREATE TABLE shop_objects (
    object     TEXT PRIMARY KEY,
    connection TEXT NOT NULL,
    kind       TEXT NOT NULL,
    user_id    TEXT NOT NULL DEFAULT '',
    state      TEXT NOT NULL DEFAULT '',
    erased     SMALLINT NOT NULL DEFAULT 0
) WITH (fillfactor = 80);
CREATE INDEX shop_objects_user ON shop_objects (user_id) WHERE user_id <> '';

CREATE TABLE shop_connections (
    name          TEXT PRIMARY KEY,
    kind          TEXT NOT NULL,
    since         BIGINT NOT NULL,
    place         TEXT NOT NULL DEFAULT '',
    lease_holder  TEXT NOT NULL DEFAULT '',
    lease_until   BIGINT NOT NULL DEFAULT 0,
    delivered_at  BIGINT NOT NULL DEFAULT 0,
    reconciled_at BIGINT NOT NULL DEFAULT 0,
    warning       TEXT NOT NULL DEFAULT '',
    error         TEXT NOT NULL DEFAULT '',
    error_at      BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE shop_privacy_requests (
    id          TEXT PRIMARY KEY,
    connection  TEXT NOT NULL,
    kind        TEXT NOT NULL,
    user_ids    TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    done_at     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX shop_privacy_requests_open ON shop_privacy_requests (received_at) WHERE done_at = 0;

-- What shops tell that is about nobody, such as a price that dropped: it is given to those whom it concerns, in portions.
CREATE TABLE shop_news (
    id          TEXT PRIMARY KEY,
    product_id  TEXT NOT NULL,
    event       TEXT NOT NULL,
    place       TEXT NOT NULL DEFAULT '',
    received_at BIGINT NOT NULL
);
CREATE INDEX shop_news_oldest ON shop_news (received_at, id);
-- No cast to JSON, and no long texts: properties may be empty, and an index must never be in the way of storing an event.
CREATE INDEX events_product ON events (LEFT(SUBSTRING(properties FROM '"product_id":"?([^",}]*)'), 200), customer_id)
    WHERE customer_id IS NOT NULL AND name IN ('Product Viewed', 'Product Added', 'Product Added to Wishlist');
