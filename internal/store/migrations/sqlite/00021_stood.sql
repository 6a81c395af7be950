-- +goose Up
-- Where a run stood under the versions of the map that it followed since it entered its step.
ALTER TABLE runs ADD COLUMN stood TEXT NOT NULL DEFAULT '';
