// Prints which interface flannel takes, by the functions that k3s calls (k3s-io/k3s, pkg/agent/flannel/flannel.go, LookupExtInterface), its first address,
// which other hosts' tunnels lead to, and its MTU. An argument stands for flannel-iface.
package main

import (
	"fmt"
	"net"
	"os"

	"github.com/flannel-io/flannel/pkg/ip"
)

func main() {
	taken, err := chosen()
	if err == nil {
		var addresses []net.IP
		if addresses, err = ip.GetInterfaceIP4Addrs(taken); err == nil {
			fmt.Println(taken.Name, addresses[0], taken.MTU)
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func chosen() (*net.Interface, error) {
	if len(os.Args) > 1 {
		return net.InterfaceByName(os.Args[1])
	}
	return ip.GetDefaultGatewayInterface()
}
