// Package webhook calls other systems on behalf of a journey: signed as Standard Webhooks has it, and never anything
// inside the network in which we run.
//
// It must not know why a call is made, or what becomes of it.
package webhook
