#!/bin/sh
# Runs before HAProxy is told to stop.
# The replica that makes up for this one may have become ready this very moment: gateways take it in after two checks.
sleep 10
# Gateways ask for health every second, and take a host out after two answers that fail: new connections go elsewhere then. Until they have noticed, connections still
# come and are served: to close their port at once would cut off those that the kernel has taken and HAProxy has not.
# Kubernetes does not do this, since it goes on sending to a pod that ends while its host has no other one (kubernetes v1.34.2, pkg/proxy/topology.go).
echo 'disable server open/edge' | nc 127.0.0.1 8405
sleep 10
