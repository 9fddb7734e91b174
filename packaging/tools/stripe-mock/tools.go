//go:build tools

// Package tools names the command that this module builds, so that go.mod keeps it.
package tools

import _ "github.com/stripe/stripe-mock"
