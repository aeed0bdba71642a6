import { parsedRange } from "../addresses";
import { Problem, shown } from "../checks";
import { all, Check, oneOf, stated } from "../property-checks";
import { hasUnknown, isProperties, list, number, objects, own, text, Unknown, Value } from "../values";
import { labelKey, labelValue } from "./facts";

export const labels: Check = (inputs) => {
  const value = own(inputs, "labels");
  if (!isProperties(value)) return [];
  return Object.entries(value).flatMap(([key, label]) => {
    const property = `labels.${key}`;
    if (!labelKey.test(key))
      return [
        {
          property,
          reason: `expected a label key of letters, digits, ".", "_" and "-" that is at most 63 long, got ${shown(key)}; rename it`,
        },
      ];
    if (typeof label === "string" && !labelValue.test(label))
      return [
        {
          property,
          reason: `expected a label value of at most 63 letters, digits, ".", "_" and "-" that begins and ends with a letter or digit, got ${shown(label)}; shorten it`,
        },
      ];
    return [];
  });
};

/** Version 1.67 of the real provider removed `datacenter`. */
export const noDatacenter: Check = (inputs) =>
  own(inputs, "datacenter") === undefined
    ? []
    : [
        {
          property: "datacenter",
          reason: 'expected no "datacenter", which the provider has removed, got one; set "location" instead',
        },
      ];

export const image: Check = (inputs) =>
  text(inputs, "image") === ""
    ? [{ property: "image", reason: 'expected the name or id of an image, got ""; give one like "debian-12"' }]
    : [];

/** Source: terraform-provider-hcloud v1.66.1, `internal/server/resource.go` (ssh_keys). */
export const sshKeys: Check = (inputs) =>
  list(inputs, "sshKeys").flatMap((key, i) =>
    key === ""
      ? [{ property: `sshKeys[${i}]`, reason: 'expected the name or id of an SSH key, got ""; remove it' }]
      : [],
  );

/** The plan reads the list of cards, which therefore has to be known; Hetzner assigns their hardware addresses. Source: the same, resourceServerCustomizeDiff. */
export const cards: Check = (inputs) => {
  if (own(inputs, "networks") instanceof Unknown)
    return [
      {
        property: "networks",
        reason:
          "expected a list, got a value that is not known yet; make the list in the program, with parts that may be unknown",
      },
    ];
  return objects(inputs, "networks").flatMap((card, i) =>
    !stated(card, "macAddress")
      ? []
      : [{ property: `networks[${i}].macAddress`, reason: "expected none, as Hetzner gives it, got one; remove it" }],
  );
};

/** Each network once, and by one of its two names. */
export const networks: Check = (inputs) => {
  const seen = new Set<string>();
  return objects(inputs, "networks").flatMap((network, i): readonly Problem[] => {
    const property = `networks[${i}]`;
    const [networkId, subnetId] = [own(network, "networkId"), own(network, "subnetId")];
    if (networkId === undefined && subnetId === undefined)
      return [{ property, reason: "expected networkId or subnetId, got neither; set one" }];
    const subnet = typeof subnetId === "string" ? /^(\d+)-(.+)$/.exec(subnetId) : null;
    const subnetRange = parsedRange(subnet?.[2]);
    const ip = text(network, "ip");
    if (subnetRange !== undefined && ip !== undefined && !subnetRange.contains(ip))
      return [
        {
          property: `${property}.ip`,
          reason: `expected an address in ${subnetRange.toString()}, got ${shown(ip)}; change it`,
        },
      ];
    const id = subnet?.[1] ?? (hasUnknown(networkId) ? undefined : String(networkId));
    if (id === undefined) return [];
    if (seen.has(id)) return [{ property, reason: `expected each network once, got network ${id} twice; remove one` }];
    seen.add(id);
    return [];
  });
};

export const firewallRules: Check = (inputs) =>
  objects(inputs, "rules").flatMap((rule, i) =>
    all(
      oneOf("direction", ["in", "out"]),
      oneOf("protocol", ["tcp", "udp", "icmp", "esp", "gre"]),
      rulePorts,
      ruleAddresses("sourceIps"),
      ruleAddresses("destinationIps"),
    )(rule).map(({ property, reason }) => ({ property: `rules[${i}].${property}`, reason })),
  );

/** A check of the API, not of the plan; a rehearsal has to find it all the same. */
const rulePorts: Check = (rule) => {
  const protocol = text(rule, "protocol");
  const port = own(rule, "port");
  const needsPort = protocol === "tcp" || protocol === "udp";
  if (protocol === undefined || hasUnknown(port)) return [];
  if (needsPort && port === undefined)
    return [
      { property: "port", reason: `expected a port for ${protocol}, got nothing; give one like "443" or "80-90"` },
    ];
  if (["icmp", "esp", "gre"].includes(protocol) && port !== undefined)
    return [{ property: "port", reason: `expected no port for ${protocol}, got ${shown(port)}; remove it` }];
  return [];
};

const ruleAddresses =
  (property: string): Check =>
  (rule) =>
    list(rule, property).flatMap((value: Value, i) => {
      const bare =
        typeof value === "string" && !value.includes("/") ? `${value}/${value.includes(":") ? 128 : 32}` : value;
      return typeof bare !== "string" || parsedRange(bare) !== undefined
        ? []
        : [
            {
              property: `${property}[${i}]`,
              reason: `expected the start of a range, got ${shown(value)}; clear the host bits`,
            },
          ];
    });

export const primaryIp: Check = (inputs) => {
  const place = own(inputs, "location") !== undefined;
  const holder = own(inputs, "assigneeId") !== undefined;
  if (hasUnknown(own(inputs, "location")) || hasUnknown(own(inputs, "assigneeId"))) return [];
  if (place === holder)
    return [
      {
        property: place ? "assigneeId" : "location",
        reason: `expected either "location" or "assigneeId", got ${place ? "both" : "neither"}; set one`,
      },
    ];
  if (holder && own(inputs, "assigneeType") === undefined)
    return [
      {
        property: "assigneeType",
        reason: 'expected "assigneeType" with "assigneeId", got nothing; set it to "server"',
      },
    ];
  return [];
};

/** The API's smallest volume. */
export const volumeSize =
  (least: number): Check =>
  (inputs) => {
    const size = number(inputs, "size");
    return size === undefined || size >= least
      ? []
      : [{ property: "size", reason: `expected at least ${least} GB, got ${size}; raise it` }];
  };

export const volumePlace: Check = (inputs) =>
  own(inputs, "location") === undefined && own(inputs, "serverId") === undefined
    ? [{ property: "location", reason: 'expected "location" or "serverId", got neither; set "location"' }]
    : [];
