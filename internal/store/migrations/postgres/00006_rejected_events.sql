-- +goose Up
CREATE TABLE rejected_events (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at BIGINT NOT NULL,
    key_name    TEXT NOT NULL,
    code        TEXT NOT NULL,
    field       TEXT NOT NULL,
    message     TEXT NOT NULL,
    item        TEXT NOT NULL
);
CREATE INDEX rejected_events_key ON rejected_events (key_name, seq);
CREATE INDEX rejected_events_received ON rejected_events (received_at);
