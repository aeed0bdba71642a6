//go:build tools

// Package tools names the program that is built here, so that go.mod keeps what it needs.
package tools

import _ "golang.zx2c4.com/wireguard"
