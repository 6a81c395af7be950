-- +goose Up
CREATE TABLE parked_events (
    seq       BIGINT PRIMARY KEY REFERENCES events (seq) ON DELETE CASCADE,
    parked_at BIGINT NOT NULL,
    code      TEXT NOT NULL,
    detail    TEXT NOT NULL
);

ALTER TABLE customers ADD COLUMN trouble TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN trouble_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customers ADD COLUMN trouble_tries BIGINT NOT NULL DEFAULT 0;
CREATE INDEX customers_troubled ON customers (trouble_since) WHERE trouble <> '';
