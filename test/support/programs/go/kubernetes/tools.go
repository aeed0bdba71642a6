//go:build tools

// Package kubernetes pins the programs of a cluster. Kubernetes is not meant to be a dependency: its own go.mod asks for staging modules at
// v0.0.0, so each is replaced here by the release that belongs to it.
package kubernetes

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kube-proxy"
	_ "k8s.io/kubernetes/cmd/kube-scheduler"
	_ "k8s.io/kubernetes/cmd/kubectl"
	_ "k8s.io/kubernetes/cmd/kubelet"
)
