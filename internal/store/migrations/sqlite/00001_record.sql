-- +goose Up
CREATE TABLE clock (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    j0      INTEGER NOT NULL,
    r0      INTEGER NOT NULL,
    speed   REAL NOT NULL,
    started INTEGER NOT NULL
) STRICT;

CREATE TABLE maps (
    version      INTEGER PRIMARY KEY,
    hash         TEXT NOT NULL,
    source       BLOB NOT NULL,
    published_at INTEGER NOT NULL
) STRICT;

CREATE TABLE customers (
    id          TEXT NOT NULL PRIMARY KEY,
    user_id     TEXT NOT NULL UNIQUE,
    created_at  INTEGER NOT NULL,
    phase       TEXT NOT NULL DEFAULT '',
    phase_since INTEGER NOT NULL DEFAULT 0,
    facts       TEXT NOT NULL DEFAULT '{}',
    next_wake   INTEGER,
    step        INTEGER NOT NULL DEFAULT 0,
    snapshot    TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX customers_next_wake ON customers (next_wake) WHERE next_wake IS NOT NULL;

CREATE TABLE devices (
    anonymous_id TEXT NOT NULL PRIMARY KEY,
    customer_id  TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE message_ids (
    message_id  TEXT NOT NULL PRIMARY KEY,
    received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX message_ids_received ON message_ids (received_at);

CREATE TABLE events (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id   TEXT,
    message_id    TEXT NOT NULL,
    type          TEXT NOT NULL,
    name          TEXT NOT NULL,
    user_id       TEXT NOT NULL,
    anonymous_id  TEXT NOT NULL,
    previous_id   TEXT NOT NULL,
    group_id      TEXT NOT NULL,
    stamped_at    INTEGER NOT NULL,
    received_at   INTEGER NOT NULL,
    age           INTEGER NOT NULL,
    properties    TEXT NOT NULL,
    traits        TEXT NOT NULL,
    context       TEXT NOT NULL,
    wakes         INTEGER NOT NULL,
    urgent        INTEGER NOT NULL,
    consumed_step INTEGER
) STRICT;
CREATE INDEX events_unconsumed ON events (customer_id, seq) WHERE consumed_step IS NULL AND customer_id IS NOT NULL;
CREATE INDEX events_past ON events (customer_id, name, stamped_at) WHERE consumed_step IS NOT NULL;
CREATE INDEX events_visitor ON events (anonymous_id) WHERE customer_id IS NULL;
CREATE INDEX events_waking ON events (customer_id)
    WHERE consumed_step IS NULL AND customer_id IS NOT NULL AND wakes = 1;

CREATE TABLE wakes (
    customer_id  TEXT NOT NULL PRIMARY KEY,
    count        INTEGER NOT NULL,
    urgent       INTEGER NOT NULL,
    since        INTEGER NOT NULL,
    signalled_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX wakes_waiting ON wakes (urgent DESC, since) WHERE signalled_at IS NULL;
CREATE INDEX wakes_signalled ON wakes (signalled_at) WHERE signalled_at IS NOT NULL;

CREATE TABLE runs (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    touchpoint  TEXT NOT NULL,
    run_key     TEXT NOT NULL,
    nth         INTEGER NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('active', 'ended')),
    reason      TEXT NOT NULL,
    map_version INTEGER NOT NULL,
    trigger_seq INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    step        TEXT NOT NULL,
    entered_at  INTEGER NOT NULL,
    due         INTEGER NOT NULL,
    message_id  TEXT NOT NULL,
    ended_at    INTEGER NOT NULL,
    UNIQUE (customer_id, touchpoint, run_key, nth)
) STRICT;
CREATE INDEX runs_active ON runs (touchpoint, step) WHERE status = 'active';

CREATE TABLE messages (
    id            TEXT NOT NULL PRIMARY KEY,
    customer_id   TEXT NOT NULL REFERENCES customers (id),
    run_id        TEXT NOT NULL REFERENCES runs (id),
    touchpoint    TEXT NOT NULL,
    step          TEXT NOT NULL,
    template      TEXT NOT NULL,
    channel       TEXT NOT NULL,
    class         TEXT NOT NULL,
    planned_at    INTEGER NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('planned', 'claimed', 'sent', 'notsent', 'withdrawn', 'unknown')),
    token         TEXT NOT NULL DEFAULT '',
    claimed_at    INTEGER NOT NULL DEFAULT 0,
    resent        INTEGER NOT NULL DEFAULT 0,
    provider_id   TEXT NOT NULL DEFAULT '',
    reason        TEXT NOT NULL DEFAULT '',
    detail        TEXT NOT NULL DEFAULT '',
    settled_at    INTEGER NOT NULL DEFAULT 0,
    consumed_step INTEGER,
    delivery      TEXT NOT NULL DEFAULT '',
    delivery_at   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX messages_customer ON messages (customer_id, planned_at);
CREATE INDEX messages_unconsumed ON messages (customer_id) WHERE consumed_step IS NULL;

CREATE TABLE decisions (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id TEXT NOT NULL,
    decided_in  INTEGER NOT NULL,
    decided_at  INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    phase       TEXT NOT NULL,
    touchpoint  TEXT NOT NULL,
    run_id      TEXT NOT NULL,
    step        TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    event_seq   INTEGER NOT NULL,
    detail      TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_customer ON decisions (customer_id, seq);
CREATE INDEX decisions_touchpoint ON decisions (touchpoint, seq);

CREATE TABLE provider_events (
    id          TEXT NOT NULL PRIMARY KEY,
    message_id  TEXT NOT NULL,
    kind        TEXT NOT NULL,
    happened_at INTEGER NOT NULL,
    detail      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX provider_events_newest ON provider_events (happened_at);
CREATE INDEX provider_events_message ON provider_events (message_id);
