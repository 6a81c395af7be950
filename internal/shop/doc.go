// Package shop holds what the adapters of all shop systems need: exact money, the userIds of guests, the ids of events,
// signatures, and the walk through a shop that finds what its webhooks missed. It knows no shop system, no database and no
// HTTP route; the packages below it know one shop system each.
package shop
