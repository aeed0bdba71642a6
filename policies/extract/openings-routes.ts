import type { Subject } from "../rule";
import { collect, type Opening, type Openings, portNumber, type Reader } from "./opening";
import { having } from "./keys";
import { at, entries, isList, isObject, items, unknown, type Value } from "./value";

/** An opening for everybody. */
const open = (what: string, port: number, protocol: Opening["protocol"]): Opening => ({
  what,
  direction: "in",
  protocol,
  first: port,
  last: port,
  peers: [],
  except: [],
  inside: false,
});

/** Routes of TCP, UDP and TLS lead from a listener to the ports of services. */
export function routed(rules: string, backends: string): Reader {
  return (properties) =>
    collect(at(properties, "spec", rules), (rule, i) =>
      items(at(rule, backends)).flatMap((backend) => {
        const port = portNumber(at(backend, "port"));
        return port === undefined ? [] : [open(`spec.${rules}[${i}] to port ${port}`, port, "any")];
      }),
    );
}

/** Ports that ingress-nginx forwards, in the map of its option `--tcp-services-configmap`: `"389": "directory/ldap:389"`. */
export function forwarded(properties: Subject["properties"]): Openings {
  const rows = entries(at(properties, "data")).flatMap(([key, value]) => {
    const [, target] = typeof value === "string" ? (/^[\w-]+\/[\w-]+:([\w-]+)(?::|$)/.exec(value) ?? []) : [];
    if (!/^\d{1,5}$/.test(key) || target === undefined) return [];
    const ports = [Number(key), portNumber(target)].filter(
      (port, i, all) => port !== undefined && all.indexOf(port) === i,
    );
    return ports.map((port) => open(`data["${key}"]`, Number(port), "any"));
  });
  return { openings: rows, partial: false };
}

/** Ports of containers on the network of their host, where no policy reaches. */
export const onHost = (value: Value): readonly Opening[] => (mayBeOnHost(value) ? opened(value) : []);

const mayBeOnHost = having((key) => key === "hostNetwork");

function opened(value: Value): readonly Opening[] {
  if (isList(value)) return value.flatMap(opened);
  if (!isObject(value)) return [];
  const own = ![true, unknown].some((on) => on === at(value, "hostNetwork")) ? [] : items(at(value, "containers"));
  return [
    ...own.flatMap((container) =>
      items(at(container, "ports")).flatMap((entry) => {
        const port = at(entry, "containerPort");
        return typeof port === "number"
          ? [
              open(
                `containerPort ${port} on the network of the host`,
                port,
                at(entry, "protocol") === "UDP" ? "udp" : "tcp",
              ),
            ]
          : [];
      }),
    ),
    ...["spec", "template", "jobTemplate"].flatMap((key) => opened(at(value, key))),
  ];
}
