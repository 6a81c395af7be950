-- +goose Up
ALTER TABLE maps ADD COLUMN origin TEXT NOT NULL DEFAULT 'start';
ALTER TABLE maps ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE maps ADD COLUMN note TEXT NOT NULL DEFAULT '';

ALTER TABLE customers ADD COLUMN active_runs INTEGER NOT NULL DEFAULT 0;
UPDATE customers SET active_runs = (SELECT COUNT(*) FROM runs r WHERE r.customer_id = customers.id AND r.status = 'active');
CREATE INDEX customers_version ON customers (map_version) WHERE step > 0;
CREATE INDEX customers_new ON customers (created_at) WHERE step = 0;
CREATE INDEX customers_behind ON customers (map_version) WHERE active_runs > 0;

DROP INDEX runs_active;
CREATE INDEX runs_active ON runs (touchpoint, step, map_version, held, seq) WHERE status = 'active';
