-- +goose Up
CREATE TABLE consents (
    seq          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id  TEXT,
    anonymous_id TEXT NOT NULL,
    message_id   TEXT NOT NULL,
    channel      TEXT NOT NULL,
    class        TEXT NOT NULL,
    topic        TEXT NOT NULL,
    given        SMALLINT NOT NULL,
    confirmed    SMALLINT NOT NULL,
    trait        SMALLINT NOT NULL,
    said_at      BIGINT NOT NULL,
    recorded_at  BIGINT NOT NULL,
    source       TEXT NOT NULL,
    text_version TEXT NOT NULL,
    locale       TEXT NOT NULL,
    proof        TEXT NOT NULL
);
CREATE INDEX consents_customer ON consents (customer_id, seq) WHERE customer_id IS NOT NULL;
CREATE INDEX consents_visitor ON consents (anonymous_id) WHERE customer_id IS NULL;
CREATE INDEX consents_message ON consents (message_id);
