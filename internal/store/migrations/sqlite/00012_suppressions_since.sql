-- +goose Up
CREATE INDEX suppressions_since ON suppressions (since, address, reason);
