-- +goose Up
ALTER TABLE messages ADD COLUMN first_opened_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN opens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN machine_opens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN first_clicked_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN clicks BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN subscription TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN subscription_at BIGINT NOT NULL DEFAULT 0;
UPDATE messages SET delivery = CASE delivery WHEN 'bounce' THEN 'bounced' ELSE 'complained' END
    WHERE delivery IN ('bounce', 'spamreport');

ALTER TABLE provider_events ADD COLUMN url TEXT NOT NULL DEFAULT '';
ALTER TABLE provider_events ADD COLUMN received_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE provider_events ADD COLUMN handed_at BIGINT NOT NULL DEFAULT 0;
DROP INDEX provider_events_newest;
CREATE INDEX provider_events_received ON provider_events (received_at, handed_at);

CREATE TABLE suppressions (
    address     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    since       BIGINT NOT NULL,
    source      TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    PRIMARY KEY (address, reason)
);
CREATE INDEX suppressions_customer ON suppressions (customer_id);

CREATE TABLE address_key (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    key TEXT NOT NULL
);
INSERT INTO address_key (id, key) VALUES (1, CAST(gen_random_uuid() AS TEXT) || CAST(gen_random_uuid() AS TEXT));
