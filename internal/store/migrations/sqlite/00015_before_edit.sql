-- +goose Up
-- Where a run stood before an edit that has not taken effect yet.
ALTER TABLE runs ADD COLUMN before_edit TEXT NOT NULL DEFAULT '';
