-- +goose Up
CREATE TABLE lost_sends (
    message_id  TEXT NOT NULL PRIMARY KEY,
    send_key    TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    touchpoint  TEXT NOT NULL,
    sent_at     BIGINT NOT NULL,
    learnt_at   BIGINT NOT NULL,
    settled     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX lost_sends_open ON lost_sends (send_key) WHERE settled = '';
CREATE INDEX lost_sends_learnt ON lost_sends (learnt_at);
