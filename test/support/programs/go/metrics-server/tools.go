//go:build tools

// Package metricsserver pins Kubernetes' metrics server, as the tests run it in a pod.
package metricsserver

import (
	_ "sigs.k8s.io/metrics-server/cmd/metrics-server"
)
