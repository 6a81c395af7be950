-- +goose Up
CREATE TABLE chores (
    name     TEXT PRIMARY KEY,
    holder   TEXT NOT NULL,
    until_at INTEGER NOT NULL,
    done_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX events_visitor_oldest ON events (seq) WHERE customer_id IS NULL;
CREATE INDEX tasks_done ON tasks (done_at) WHERE done_at > 0;
