import { isolated, type Pair, stranger, translated } from "./addresses";

/**
 * A table beside the filter that translates addresses as Kubernetes' does: a service that points at the directory, an address of the
 * directory that points at the host, a port of the host that leads to its pod, and pods that go out under their host's address.
 */
export function translation(pod: Pair, own: Pair): string {
  const { service, stolen, nodePort, podPort } = translated;
  return (["ip", "ip6"] as const)
    .map((family) => {
      const services = [
        `${family} daddr ${service[family]} dnat to ${isolated.directory[family]}`,
        `${family} daddr ${stolen[family]} dnat to ${own[family]}`,
      ];
      const leaves = `${family} saddr ${rangeOf(pod[family])} ${family} daddr != ${family === "ip" ? "10.42.0.0/16" : "fd42::/16"} masquerade`;
      return `table ${family} services {
  chain before {
    type nat hook prerouting priority dstnat;
    ${services.join("\n    ")}
    ${family} daddr ${own[family]} tcp dport ${nodePort} dnat to ${family === "ip" ? pod.ip : `[${pod.ip6}]`}:${podPort}
  }
  chain own {
    type nat hook output priority -100;
    ${services.join("\n    ")}
  }
  chain after {
    type nat hook postrouting priority srcnat;
    ${pod === own ? "" : leaves}
  }
}
`;
    })
    .join("");
}

/** The range of a host, pod or bridge: 24 or 64 bits, 16 for hosts' unique local addresses. */
export const rangeOf = (address: string): string =>
  address.includes(":")
    ? `${address.slice(0, address.indexOf("::"))}::/${address.startsWith(stranger.ip6.slice(0, 4)) ? 16 : 64}`
    : address.replace(/\d+$/, "0/24");
