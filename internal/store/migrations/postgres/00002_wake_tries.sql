-- +goose Up
ALTER TABLE wakes ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE wakes ADD COLUMN stale_at BIGINT NOT NULL DEFAULT 0;
DROP INDEX wakes_signalled;
CREATE INDEX wakes_signalled ON wakes (signalled_at) WHERE signalled_at IS NOT NULL AND tries < 3;
CREATE INDEX wakes_stale ON wakes (stale_at) WHERE signalled_at IS NOT NULL;
CREATE INDEX runs_customer ON runs (customer_id) WHERE status = 'active';
