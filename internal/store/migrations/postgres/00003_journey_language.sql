-- +goose Up
ALTER TABLE customers ADD COLUMN open_exposures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customers ADD COLUMN map_version BIGINT NOT NULL DEFAULT 0;

ALTER TABLE runs ADD COLUMN begun_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN held TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN held_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN variant TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN exposed_at BIGINT NOT NULL DEFAULT 0;

ALTER TABLE messages ADD COLUMN kind TEXT NOT NULL DEFAULT 'mail';
ALTER TABLE messages ADD COLUMN persona TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN content TEXT NOT NULL DEFAULT '{}';

CREATE TABLE exposures (
    run_id      TEXT NOT NULL PRIMARY KEY,
    customer_id TEXT NOT NULL,
    touchpoint  TEXT NOT NULL,
    run_key     TEXT NOT NULL,
    arm         TEXT NOT NULL,
    variant     TEXT NOT NULL,
    exposed_at  BIGINT NOT NULL,
    until_at    BIGINT NOT NULL,
    reached_at  BIGINT NOT NULL,
    value       DOUBLE PRECISION NOT NULL,
    closed      SMALLINT NOT NULL
);
CREATE INDEX exposures_open ON exposures (customer_id) WHERE closed = 0;
CREATE INDEX exposures_touchpoint ON exposures (touchpoint, exposed_at);

CREATE TABLE tasks (
    id          TEXT NOT NULL PRIMARY KEY,
    customer_id TEXT NOT NULL,
    run_id      TEXT NOT NULL,
    touchpoint  TEXT NOT NULL,
    step        TEXT NOT NULL,
    title       TEXT NOT NULL,
    note        TEXT NOT NULL,
    urgency     TEXT NOT NULL,
    owner       TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    done_at     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX tasks_customer ON tasks (customer_id, created_at);
CREATE INDEX tasks_open ON tasks (due_at) WHERE done_at = 0;
