//go:build tools

// Package livekit pins the media server of the tests.
package livekit

import (
	_ "github.com/livekit/livekit-server/cmd/server"
)
