//go:build tools

// Package engine pins the Pulumi CLI: go.mod names its version, go.sum the checksums of everything that it is built from.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
