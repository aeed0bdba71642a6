import { parsedRange } from "../addresses";
import { shown } from "../checks";
import { all, between, Check, conflicting, ipv4, stated } from "../property-checks";
import { hasUnknown, list, object, objects, own, text } from "../values";
import { instanceType, limits, protocols, zones } from "./facts";

/** The plan accepts any text, but an unknown zone has no API: always a mistake. */
export const zone: Check = (inputs) => {
  const value = text(inputs, "zone");
  return value === undefined || zones.includes(value)
    ? []
    : [{ property: "zone", reason: `expected one of ${zones.join(", ")}, got ${shown(value)}; change "zone"` }];
};

export const type: Check = (inputs) => {
  const value = text(inputs, "type");
  return value === undefined || instanceType.test(value.toLowerCase())
    ? []
    : [
        {
          property: "type",
          reason: `expected a type as family.size, got ${shown(value)}; give one like "standard.medium"`,
        },
      ];
};

/** Data that is already base64 is passed on, whatever its length. */
export const userData: Check = (inputs) => {
  const data = text(inputs, "userData");
  if (data === undefined) return [];
  if (data.startsWith("\x1f\x8b"))
    return [{ property: "userData", reason: "expected text, got gzipped data; encode it in base64" }];
  const bytes = Buffer.from(data);
  const encoded = bytes.toString("base64");
  const already = Buffer.from(data, "base64").toString("base64") === data;
  return already || encoded.length < limits.userDataBase64
    ? []
    : [
        {
          property: "userData",
          reason: `expected less than ${limits.userDataBase64} bytes once in base64, got ${encoded.length}; move content to convergence`,
        },
      ];
};

/** Exoscale assigns hardware addresses. */
const noMac: Check = (card) =>
  !stated(card, "macAddress")
    ? []
    : [{ property: "macAddress", reason: "expected none, as Exoscale gives it, got one; remove it" }];

/** Source: hashicorp/terraform-plugin-framework-timeouts, `internal/validators/timeduration.go`; Go's `time.ParseDuration`. */
export const timeouts: Check = (inputs) => {
  const read = text(object(inputs, "timeouts"), "read");
  return read === undefined || /^[-+]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(read)
    ? []
    : [{ property: "timeouts.read", reason: `expected a duration, got ${shown(read)}; give one like "5m"` }];
};

export const cards: Check = (inputs) =>
  objects(inputs, "networkInterfaces").flatMap((card, i) =>
    all(
      ipv4("ipAddress"),
      noMac,
    )(card).map(({ property, reason }) => ({
      property: `networkInterfaces[${i}].${property}`,
      reason,
    })),
  );

export const sources: Check = (inputs) =>
  list(inputs, "externalSources").flatMap((source, i) =>
    typeof source !== "string" || parsedRange(source) !== undefined
      ? []
      : [
          {
            property: `externalSources[${i}]`,
            reason: `expected a range without host bits, got ${shown(source)}; give one like "192.0.2.0/24"`,
          },
        ],
  );

export const dhcp: Check = all(ipv4("startIp"), ipv4("endIp"), ipv4("netmask"), (inputs) => {
  const three = ["startIp", "endIp", "netmask"];
  const given = three.filter((name) => own(inputs, name) !== undefined);
  // An unknown value may turn out to be nothing.
  if (three.some((name) => hasUnknown(own(inputs, name)))) return [];
  return given.length === 0 || given.length === 3
    ? []
    : [
        {
          property: "netmask",
          reason: `expected startIp, endIp and netmask together, got ${given.join(", ")}; set all or none`,
        },
      ];
});

export const rule: Check = all(
  (inputs) => {
    const direction = text(inputs, "type");
    return direction === undefined || ["INGRESS", "EGRESS"].includes(direction)
      ? []
      : [{ property: "type", reason: `expected "INGRESS" or "EGRESS", got ${shown(direction)}; change "type"` }];
  },
  (inputs) => {
    const protocol = text(inputs, "protocol");
    return protocol === undefined || protocols.some((known) => known.toLowerCase() === protocol.toLowerCase())
      ? []
      : [
          {
            property: "protocol",
            reason: `expected one of ${protocols.join(", ")}, got ${shown(protocol)}; change "protocol"`,
          },
        ];
  },
  between("startPort", 1, 65_535),
  between("endPort", 1, 65_535),
  between("icmpType", -1, 254),
  between("icmpCode", -1, 254),
  conflicting("startPort", "icmpType", "icmpCode"),
  conflicting("endPort", "icmpType", "icmpCode"),
  conflicting("cidr", "publicSecurityGroup", "userSecurityGroupId", "userSecurityGroup"),
  conflicting("userSecurityGroupId", "publicSecurityGroup", "userSecurityGroup"),
  conflicting("securityGroupId", "securityGroup"),
);
