-- +goose Up
-- What is known of erasures: our own random ids and keyed hashes, and nothing about a person. The work of one under way holds
-- addresses, until the mail provider was told.
CREATE TABLE erasures (
    id          TEXT NOT NULL PRIMARY KEY,
    customer_id TEXT NOT NULL,
    begun_at    BIGINT NOT NULL,
    done_at     BIGINT NOT NULL DEFAULT 0,
    suppressed  SMALLINT NOT NULL,
    work        TEXT NOT NULL
);
CREATE INDEX erasures_begun ON erasures (begun_at, id);

CREATE TABLE erasure_steps (
    erasure_id TEXT NOT NULL REFERENCES erasures (id),
    step       TEXT NOT NULL,
    next_at    BIGINT NOT NULL,
    tries      BIGINT NOT NULL DEFAULT 0,
    done_at    BIGINT NOT NULL DEFAULT 0,
    trouble    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (erasure_id, step)
);
CREATE INDEX erasure_steps_open ON erasure_steps (next_at) WHERE done_at = 0;

CREATE TABLE erased_customers (
    customer_id TEXT NOT NULL PRIMARY KEY,
    erasure_id  TEXT NOT NULL REFERENCES erasures (id)
);

-- Events of these persons and devices that were stamped before they were erased, in journey time, are dropped.
CREATE TABLE erased_persons (
    hash       TEXT NOT NULL,
    erasure_id TEXT NOT NULL REFERENCES erasures (id),
    erased_at  BIGINT NOT NULL,
    PRIMARY KEY (hash, erasure_id)
);

CREATE TABLE erased_message_ids (
    hash        TEXT NOT NULL PRIMARY KEY,
    received_at BIGINT NOT NULL
);
CREATE INDEX erased_message_ids_received ON erased_message_ids (received_at);

-- What erased customers were counted in, by month.
CREATE TABLE erased_tallies (
    month      TEXT NOT NULL,
    touchpoint TEXT NOT NULL,
    what       TEXT NOT NULL,
    n          BIGINT NOT NULL,
    value      DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (month, touchpoint, what)
);
