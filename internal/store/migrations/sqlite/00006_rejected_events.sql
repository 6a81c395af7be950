-- +goose Up
CREATE TABLE rejected_events (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at INTEGER NOT NULL,
    key_name    TEXT NOT NULL,
    code        TEXT NOT NULL,
    field       TEXT NOT NULL,
    message     TEXT NOT NULL,
    item        TEXT NOT NULL
) STRICT;
CREATE INDEX rejected_events_key ON rejected_events (key_name, seq);
CREATE INDEX rejected_events_received ON rejected_events (received_at);
