#!/bin/sh
# Runs before HAProxy is told to stop: drain-edge.sh FRONTEND... closes the ports that gateways lead to, and waits for the requests that are inside.
# A stop closes HAProxy's inner sockets with the outer ones, so a request that came in a moment before would be answered 503. And requests do come until then:
# Kubernetes goes on sending to a pod that ends while its host has no other one (kubernetes v1.34.2, pkg/proxy/topology.go: terminating endpoints).
for frontend; do
  printf 'disable frontend %s\n' "$frontend" | nc 127.0.0.1 8405
done
sleep 10
