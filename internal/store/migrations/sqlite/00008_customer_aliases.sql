-- +goose Up
CREATE TABLE customer_aliases (
    user_id     TEXT NOT NULL PRIMARY KEY,
    customer_id TEXT NOT NULL,
    former_id   TEXT NOT NULL,
    merged_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_aliases_customer ON customer_aliases (customer_id);
CREATE INDEX customer_aliases_former ON customer_aliases (former_id);
CREATE INDEX customer_aliases_merged ON customer_aliases (merged_at);
CREATE INDEX devices_customer ON devices (customer_id) WHERE customer_id IS NOT NULL;
