-- +goose Up
CREATE TABLE clock (
    id      SMALLINT PRIMARY KEY CHECK (id = 1),
    j0      BIGINT NOT NULL,
    r0      BIGINT NOT NULL,
    speed   DOUBLE PRECISION NOT NULL,
    started SMALLINT NOT NULL
);

CREATE TABLE maps (
    version      BIGINT PRIMARY KEY,
    hash         TEXT NOT NULL,
    source       BYTEA NOT NULL,
    published_at BIGINT NOT NULL
);

CREATE TABLE customers (
    id          TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL UNIQUE,
    created_at  BIGINT NOT NULL,
    phase       TEXT NOT NULL DEFAULT '',
    phase_since BIGINT NOT NULL DEFAULT 0,
    facts       TEXT NOT NULL DEFAULT '{}',
    next_wake   BIGINT,
    step        BIGINT NOT NULL DEFAULT 0,
    snapshot    TEXT NOT NULL DEFAULT '{}'
) WITH (fillfactor = 80);
CREATE INDEX customers_next_wake ON customers (next_wake) WHERE next_wake IS NOT NULL;

CREATE TABLE devices (
    anonymous_id TEXT PRIMARY KEY,
    customer_id  TEXT
);

CREATE TABLE message_ids (
    message_id  TEXT PRIMARY KEY,
    received_at BIGINT NOT NULL
);
CREATE INDEX message_ids_received ON message_ids (received_at);

CREATE TABLE events (
    seq           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id   TEXT,
    message_id    TEXT NOT NULL,
    type          TEXT NOT NULL,
    name          TEXT NOT NULL,
    user_id       TEXT NOT NULL,
    anonymous_id  TEXT NOT NULL,
    previous_id   TEXT NOT NULL,
    group_id      TEXT NOT NULL,
    stamped_at    BIGINT NOT NULL,
    received_at   BIGINT NOT NULL,
    age           BIGINT NOT NULL,
    properties    TEXT NOT NULL,
    traits        TEXT NOT NULL,
    context       TEXT NOT NULL,
    wakes         SMALLINT NOT NULL,
    urgent        SMALLINT NOT NULL,
    consumed_step BIGINT
);
CREATE INDEX events_unconsumed ON events (customer_id, seq) WHERE consumed_step IS NULL AND customer_id IS NOT NULL;
CREATE INDEX events_past ON events (customer_id, name, stamped_at) WHERE consumed_step IS NOT NULL;
CREATE INDEX events_visitor ON events (anonymous_id) WHERE customer_id IS NULL;
CREATE INDEX events_waking ON events (customer_id)
    WHERE consumed_step IS NULL AND customer_id IS NOT NULL AND wakes = 1;

CREATE TABLE wakes (
    customer_id  TEXT PRIMARY KEY,
    count        BIGINT NOT NULL,
    urgent       SMALLINT NOT NULL,
    since        BIGINT NOT NULL,
    signalled_at BIGINT
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX wakes_waiting ON wakes (urgent DESC, since) WHERE signalled_at IS NULL;
CREATE INDEX wakes_signalled ON wakes (signalled_at) WHERE signalled_at IS NOT NULL;

CREATE TABLE runs (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,
    id          TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    touchpoint  TEXT NOT NULL,
    run_key     TEXT NOT NULL,
    nth         BIGINT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('active', 'ended')),
    reason      TEXT NOT NULL,
    map_version BIGINT NOT NULL,
    trigger_seq BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    step        TEXT NOT NULL,
    entered_at  BIGINT NOT NULL,
    due         BIGINT NOT NULL,
    message_id  TEXT NOT NULL,
    ended_at    BIGINT NOT NULL,
    UNIQUE (customer_id, touchpoint, run_key, nth)
);
CREATE INDEX runs_active ON runs (touchpoint, step) WHERE status = 'active';

CREATE TABLE messages (
    id            TEXT PRIMARY KEY,
    customer_id   TEXT NOT NULL REFERENCES customers (id),
    run_id        TEXT NOT NULL REFERENCES runs (id),
    touchpoint    TEXT NOT NULL,
    step          TEXT NOT NULL,
    template      TEXT NOT NULL,
    channel       TEXT NOT NULL,
    class         TEXT NOT NULL,
    planned_at    BIGINT NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('planned', 'claimed', 'sent', 'notsent', 'withdrawn', 'unknown')),
    token         TEXT NOT NULL DEFAULT '',
    claimed_at    BIGINT NOT NULL DEFAULT 0,
    resent        SMALLINT NOT NULL DEFAULT 0,
    provider_id   TEXT NOT NULL DEFAULT '',
    reason        TEXT NOT NULL DEFAULT '',
    detail        TEXT NOT NULL DEFAULT '',
    settled_at    BIGINT NOT NULL DEFAULT 0,
    consumed_step BIGINT,
    delivery      TEXT NOT NULL DEFAULT '',
    delivery_at   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX messages_customer ON messages (customer_id, planned_at);
CREATE INDEX messages_unconsumed ON messages (customer_id) WHERE consumed_step IS NULL;

CREATE TABLE decisions (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id TEXT NOT NULL,
    decided_in  BIGINT NOT NULL,
    decided_at  BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    phase       TEXT NOT NULL,
    touchpoint  TEXT NOT NULL,
    run_id      TEXT NOT NULL,
    step        TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    event_seq   BIGINT NOT NULL,
    detail      TEXT NOT NULL
);
CREATE INDEX decisions_customer ON decisions (customer_id, seq);
CREATE INDEX decisions_touchpoint ON decisions (touchpoint, seq);

CREATE TABLE provider_events (
    id          TEXT PRIMARY KEY,
    message_id  TEXT NOT NULL,
    kind        TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    detail      TEXT NOT NULL
);
CREATE INDEX provider_events_newest ON provider_events (happened_at);
CREATE INDEX provider_events_message ON provider_events (message_id);
