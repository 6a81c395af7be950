-- +goose Up
CREATE TABLE lost_sends (
    message_id  TEXT NOT NULL PRIMARY KEY,
    send_key    TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    touchpoint  TEXT NOT NULL,
    sent_at     INTEGER NOT NULL,
    learnt_at   INTEGER NOT NULL,
    settled     TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX lost_sends_open ON lost_sends (send_key) WHERE settled = '';
CREATE INDEX lost_sends_learnt ON lost_sends (learnt_at);
