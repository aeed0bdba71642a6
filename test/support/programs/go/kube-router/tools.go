//go:build tools

// Package kuberouter pins the network policy controller that k3s has built in: kube-router.
package kuberouter

import (
	_ "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"
)
