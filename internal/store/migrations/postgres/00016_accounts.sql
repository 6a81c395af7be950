-- +goose Up
CREATE TABLE users (
    name          TEXT PRIMARY KEY,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    password_at   BIGINT NOT NULL,
    disabled_at   BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE sessions (
    hash      TEXT PRIMARY KEY,
    user_name TEXT NOT NULL,
    stamp     TEXT NOT NULL,
    began_at  BIGINT NOT NULL,
    seen_at   BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_name);
CREATE INDEX sessions_seen ON sessions (seen_at);
CREATE INDEX sessions_began ON sessions (began_at);

CREATE TABLE api_tokens (
    name       TEXT PRIMARY KEY,
    hash       TEXT NOT NULL UNIQUE,
    scopes     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL DEFAULT 0,
    revoked_at BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE audit (
    seq    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     BIGINT NOT NULL,
    kind   TEXT NOT NULL,
    name   TEXT NOT NULL,
    origin TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    was    TEXT NOT NULL,
    became TEXT NOT NULL
);
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX audit_name ON audit (name, seq);
